import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { branchOf, emptyValue, kindOf, propertyNames, resolve, type Schema } from './jsonSchema';

const rest = JSON.parse(
  readFileSync(
    new URL('../../../../common/connectors/rest_config.schema.json', import.meta.url),
    'utf8',
  ),
) as Schema;
const stream = rest.definitions!.stream!;
const property = (schema: Schema, name: string): Schema => schema.properties![name]!;

describe('the REST connector', () => {
  it.each([
    ['baseUrl', 'text'],
    ['auth', 'variant'],
    ['headers', 'map'],
    ['rateLimit', 'object'],
    ['streams', 'list'],
  ])('%s is edited as %s', (name, kind) => {
    expect(kindOf(rest, property(rest, name))).toBe(kind);
  });

  it.each([
    ['records', 'text'],
    ['key', 'texts'],
    ['query', 'map'],
    ['pagination', 'variant'],
    ['incremental', 'object'],
    ['fields', 'map'],
  ])("a stream's %s is edited as %s", (name, kind) => {
    expect(kindOf(rest, property(stream, name))).toBe(kind);
  });

  it('knows which values are secrets', () => {
    const bearer = property(rest, 'auth').oneOf![1]!;
    expect(kindOf(rest, property(bearer, 'credential'))).toBe('credential');
  });

  it('begins with one empty stream', () => {
    expect(emptyValue(rest, rest)).toEqual({
      baseUrl: '',
      streams: [{ name: '', path: '', key: [] }],
    });
  });
});

describe('resolve', () => {
  it('lets what stands at the place win over the definition', () => {
    const records = resolve(rest, property(stream, 'records'));
    expect(records.title).toBe('Records');
    expect(records.maxLength).toBe(500);
  });

  it('says which definition is missing', () => {
    expect(() => resolve({}, { $ref: '#/definitions/gone' })).toThrow('#/definitions/gone');
  });
});

describe('propertyNames', () => {
  it('have the required ones first, in the order of the schema', () => {
    const schema = { properties: { a: {}, b: {}, c: {}, d: {} }, required: ['d', 'b', 'gone'] };
    expect(propertyNames(schema)).toEqual(['d', 'b', 'a', 'c']);
  });
});

describe('branchOf', () => {
  const auth = property(rest, 'auth');
  it('is found by the kind, by the default, else the first', () => {
    expect(branchOf(auth, { kind: 'api_key' })).toBe(2);
    expect(branchOf(auth, undefined)).toBe(0);
    expect(branchOf(auth, { kind: 'oauth2' })).toBe(0);
  });
});
