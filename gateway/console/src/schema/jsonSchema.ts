// As much of JSON Schema as connectors describe their configs with.

import { isObject, type Json, type JsonObject } from './pointer';

export interface Schema {
  $ref?: string;
  allOf?: Schema[];
  oneOf?: Schema[];
  title?: string;
  description?: string;
  type?: string | string[];
  const?: Json;
  enum?: Json[];
  default?: Json;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  minItems?: number;
  maxItems?: number;
  maxLength?: number;
  format?: string;
  definitions?: Record<string, Schema>;
}

/** The definition that holds the names of stored secrets. */
const CREDENTIAL = '#/definitions/credentialName';

/** A schema with its reference followed and its parts merged; what stands nearer wins. */
export function resolve(root: Schema, schema: Schema): Schema {
  const { $ref, allOf, ...own } = schema;
  const parts = [...(allOf ?? []), ...($ref === undefined ? [] : [definition(root, $ref)])];
  return Object.assign({}, ...parts.map((part) => resolve(root, part)), own) as Schema;
}

function definition(root: Schema, reference: string): Schema {
  const name = reference.replace('#/definitions/', '');
  const found = root.definitions?.[name];
  if (found === undefined) throw new Error(`the connector's schema has no ${reference}`);
  return found;
}

export function isCredential(schema: Schema): boolean {
  return schema.$ref === CREDENTIAL;
}

export type FieldKind =
  | 'credential'
  | 'variant'
  | 'choice'
  | 'text'
  | 'number'
  | 'flag'
  | 'texts'
  | 'list'
  | 'map'
  | 'object';

/** How a value of this schema is edited. */
export function kindOf(root: Schema, schema: Schema): FieldKind {
  if (isCredential(schema)) return 'credential';
  const resolved = resolve(root, schema);
  if (resolved.oneOf !== undefined) return 'variant';
  if (resolved.enum !== undefined) return 'choice';
  const types = [resolved.type ?? 'object'].flat();
  if (types.includes('string')) return 'text';
  if (types.includes('integer') || types.includes('number')) return 'number';
  if (types.includes('boolean')) return 'flag';
  if (types.includes('array')) {
    const items = resolved.items === undefined ? 'text' : kindOf(root, resolved.items);
    return items === 'object' ? 'list' : 'texts';
  }
  return resolved.properties === undefined ? 'map' : 'object';
}

/**
 * The names of an object's properties, the required ones first, in the order in which the schema
 * requires them. The order of the others is the server's, which sorts them.
 */
export function propertyNames(schema: Schema): string[] {
  const names = Object.keys(schema.properties ?? {});
  const required = (schema.required ?? []).filter((name) => names.includes(name));
  return [...required, ...names.filter((name) => !required.includes(name))];
}

/** The values of the properties that tell a branch of `oneOf` from the others. */
export function constants(branch: Schema): JsonObject {
  const fixed: JsonObject = {};
  for (const [name, property] of Object.entries(branch.properties ?? {})) {
    if (property.const !== undefined) fixed[name] = property.const;
  }
  return fixed;
}

/** The branch of `oneOf` that a value is of, else that of the default, else the first. */
export function branchOf(schema: Schema, value: Json | undefined): number {
  const branches = schema.oneOf ?? [];
  const matching = (candidate: Json | undefined): number =>
    branches.findIndex(
      (branch) =>
        isObject(candidate) &&
        Object.entries(constants(branch)).every(([name, fixed]) => candidate[name] === fixed),
    );
  return Math.max(matching(value), value === undefined ? matching(schema.default) : -1, 0);
}

/** What a new value begins with: required members only, with their defaults or empty. */
export function emptyValue(root: Schema, schema: Schema): Json {
  const resolved = resolve(root, schema);
  if (resolved.const !== undefined) return resolved.const;
  if (resolved.default !== undefined) return resolved.default;
  switch (kindOf(root, schema)) {
    case 'variant':
      return constants(resolved.oneOf?.[0] ?? {});
    case 'object': {
      const value: JsonObject = {};
      for (const name of resolved.required ?? []) {
        const property = resolved.properties?.[name];
        if (property !== undefined && !isCredential(property)) {
          value[name] = emptyValue(root, property);
        }
      }
      return value;
    }
    case 'list':
      return resolved.minItems === undefined || resolved.items === undefined
        ? []
        : [emptyValue(root, resolved.items)];
    case 'texts':
      return [];
    case 'map':
      return {};
    case 'number':
      return resolved.minimum ?? 0;
    case 'flag':
      return false;
    default:
      return '';
  }
}
