import { describe, expect, it } from 'vitest';
import { isWithin, member, tokensOf, valueAt, withValueAt } from './pointer';

describe('pointers', () => {
  it('escape what a name holds, and read it back', () => {
    const pointer = member(member('/headers', 'a/b~c'), 3);
    expect(pointer).toBe('/headers/a~1b~0c/3');
    expect(tokensOf(pointer)).toEqual(['headers', 'a/b~c', '3']);
  });

  it('point at members and elements, and at nothing where there is nothing', () => {
    const root = { streams: [{ name: 'a' }], '': 1 };
    expect(valueAt(root, '')).toBe(root);
    expect(valueAt(root, '/streams/0/name')).toBe('a');
    expect(valueAt(root, '/')).toBe(1);
    expect(valueAt(root, '/streams/1/name')).toBeUndefined();
    expect(valueAt(root, '/toString')).toBeUndefined();
  });

  it('are within whole tokens only', () => {
    expect(isWithin('/config/baseUrl', '/config')).toBe(true);
    expect(isWithin('/configuration', '/config')).toBe(false);
    expect(isWithin('/config', '')).toBe(true);
  });
});

describe('withValueAt', () => {
  it('makes what is missing on the way and leaves the old value as it was', () => {
    const root = { a: 1 };
    expect(withValueAt(root, '/auth/kind', 'none')).toEqual({ a: 1, auth: { kind: 'none' } });
    expect(root).toEqual({ a: 1 });
  });

  it('takes away members and elements', () => {
    expect(withValueAt({ a: { b: 1, c: 2 } }, '/a/b', undefined)).toEqual({ a: { c: 2 } });
    expect(withValueAt({ a: [1, 2, 3] }, '/a/1', undefined)).toEqual({ a: [1, 3] });
    expect(withValueAt({}, '/a/b', undefined)).toEqual({ a: {} });
  });

  it('adds at the end of an array', () => {
    expect(withValueAt({ a: [1] }, '/a/1', 2)).toEqual({ a: [1, 2] });
  });
});
