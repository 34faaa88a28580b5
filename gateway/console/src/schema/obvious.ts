import type { Mistake } from './draft';
import { branchOf, isCredential, kindOf, resolve, type Schema } from './jsonSchema';
import { isObject, member, type Json } from './pointer';

/**
 * The mistakes that need no server to see: what has to be filled in and is not, and an address that
 * is none. Whether the rest is right, only the server says. `except` are properties of `schema`
 * itself that are looked at elsewhere.
 */
export function obviousMistakes(
  root: Schema,
  schema: Schema,
  value: Json | undefined,
  pointer: string,
  except: readonly string[] = [],
): Mistake[] {
  const resolved = resolve(root, schema);
  switch (kindOf(root, schema)) {
    case 'variant': {
      const branch = resolved.oneOf?.[branchOf(resolved, value)];
      return branch === undefined ? [] : obviousMistakes(root, branch, value ?? {}, pointer);
    }
    case 'object':
      return ofObject(root, resolved, isObject(value) ? value : {}, pointer, except);
    case 'list':
      return (Array.isArray(value) ? value : []).flatMap((item, index) =>
        obviousMistakes(root, resolved.items ?? {}, item, member(pointer, index)),
      );
    case 'text':
      return resolved.format === 'http-base-url' && typeof value === 'string' && !isAddress(value)
        ? [{ pointer, detail: 'Must be an address such as https://api.example.com/v1.' }]
        : [];
    default:
      return [];
  }
}

function ofObject(
  root: Schema,
  schema: Schema,
  value: { [name: string]: Json },
  pointer: string,
  except: readonly string[],
): Mistake[] {
  return Object.entries(schema.properties ?? {})
    .filter(([name, property]) => property.const === undefined && !except.includes(name))
    .flatMap(([name, property]) => {
      const place = member(pointer, name);
      const isRequired = schema.required?.includes(name) ?? false;
      if (isRequired && isEmpty(value[name])) return [{ pointer: place, detail: needed(property) }];
      if (value[name] === undefined && !isRequired) return [];
      return obviousMistakes(root, property, value[name], place);
    });
}

function isEmpty(value: Json | undefined): boolean {
  return value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}

function needed(schema: Schema): string {
  return isCredential(schema) ? 'Needed to sign in.' : 'Needed.';
}

function isAddress(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}
