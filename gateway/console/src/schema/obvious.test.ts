import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Schema } from './jsonSchema';
import { obviousMistakes } from './obvious';
import type { Json } from './pointer';

const rest = JSON.parse(
  readFileSync(
    new URL('../../../../common/connectors/rest_config.schema.json', import.meta.url),
    'utf8',
  ),
) as Schema;

const wrongAt = (config: Json, except: string[] = []): string[] =>
  obviousMistakes(rest, rest, config, '/config', except).map(({ pointer }) => pointer);

const stream = { name: 'a', path: '/a', key: ['/id'] };

describe('obviousMistakes', () => {
  it.each<[string, Json, string[]]>([
    ['nothing is wrong', { baseUrl: 'https://a.example', streams: [stream] }, []],
    ['an empty address', { baseUrl: '', streams: [stream] }, ['/config/baseUrl']],
    ['no address', { baseUrl: 'a.example', streams: [stream] }, ['/config/baseUrl']],
    ['half an address', { baseUrl: 'https://', streams: [stream] }, ['/config/baseUrl']],
    [
      'a key without its header and secret',
      { baseUrl: 'http://a', auth: { kind: 'api_key' }, streams: [stream] },
      ['/config/auth/credential', '/config/auth/name'],
    ],
    [
      'a second stream that is empty',
      { baseUrl: 'http://a', streams: [stream, { name: '', path: '', key: [] }] },
      ['/config/streams/1/name', '/config/streams/1/path', '/config/streams/1/key'],
    ],
    [
      'paging that lacks its parameter',
      { baseUrl: 'http://a', streams: [{ ...stream, pagination: { kind: 'cursor' } }] },
      ['/config/streams/0/pagination/param'],
    ],
    ['no streams', { baseUrl: 'http://a', streams: [] }, ['/config/streams']],
  ])('%s', (_, config, pointers) => {
    expect(wrongAt(config)).toEqual(pointers);
  });

  it('leaves out what is looked at elsewhere', () => {
    expect(wrongAt({ baseUrl: '' }, ['streams'])).toEqual(['/config/baseUrl']);
  });
});
