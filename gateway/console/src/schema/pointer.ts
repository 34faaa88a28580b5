// JSON Pointers (RFC 6901): the names of a form's fields, since the server names bad ones by them.

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type JsonObject = { [name: string]: Json };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The pointer of a member of what `pointer` points at. */
export function member(pointer: string, name: string | number): string {
  return `${pointer}/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

export function tokensOf(pointer: string): string[] {
  if (pointer === '') return [];
  return pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Whether `pointer` is `ancestor` or points at something inside of it. */
export function isWithin(pointer: string, ancestor: string): boolean {
  return pointer === ancestor || pointer.startsWith(`${ancestor}/`);
}

/** What `pointer` points at; undefined where there is nothing. */
export function valueAt(root: Json | undefined, pointer: string): Json | undefined {
  let value = root;
  for (const token of tokensOf(pointer)) {
    if (Array.isArray(value)) value = value[Number(token)];
    else if (isObject(value) && Object.hasOwn(value, token)) value = value[token];
    else return undefined;
  }
  return value;
}

/**
 * A copy of `root` with `value` at `pointer`. Objects on the way are made where they are missing;
 * undefined takes a member away, or an element out of its array.
 */
export function withValueAt(
  root: Json | undefined,
  pointer: string,
  value: Json | undefined,
): Json {
  return replace(root, tokensOf(pointer), value) ?? {};
}

function replace(
  node: Json | undefined,
  tokens: string[],
  value: Json | undefined,
): Json | undefined {
  const [token, ...rest] = tokens;
  if (token === undefined) return value;
  if (Array.isArray(node)) {
    const index = Number(token);
    const element = replace(node[index], rest, value);
    return element === undefined ? node.toSpliced(index, 1) : node.toSpliced(index, 1, element);
  }
  const object = isObject(node) ? node : {};
  const changed = replace(Object.hasOwn(object, token) ? object[token] : undefined, rest, value);
  if (changed !== undefined) return { ...object, [token]: changed };
  const { [token]: _, ...others } = object;
  return others;
}
