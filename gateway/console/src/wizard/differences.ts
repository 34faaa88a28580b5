import { isObject, member, type Json } from '../schema/pointer';

export interface Difference {
  pointer: string;
  mine: Json | undefined;
  theirs: Json | undefined;
}

/** The innermost places at which two values differ, in the order of the first one. */
export function differences(
  mine: Json | undefined,
  theirs: Json | undefined,
  pointer = '',
): Difference[] {
  if (isObject(mine) && isObject(theirs)) {
    const names = new Set([...Object.keys(mine), ...Object.keys(theirs)]);
    return [...names].flatMap((name) =>
      differences(mine[name], theirs[name], member(pointer, name)),
    );
  }
  if (Array.isArray(mine) && Array.isArray(theirs) && mine.length === theirs.length) {
    return mine.flatMap((item, index) => differences(item, theirs[index], member(pointer, index)));
  }
  return JSON.stringify(mine) === JSON.stringify(theirs) ? [] : [{ pointer, mine, theirs }];
}
