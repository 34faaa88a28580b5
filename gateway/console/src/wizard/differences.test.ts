import { describe, expect, it } from 'vitest';
import { differences } from './differences';

describe('differences', () => {
  it('are told at the innermost place', () => {
    const mine = { name: 'a', config: { streams: [{ path: '/x', key: ['/id'] }] } };
    const theirs = { name: 'b', config: { streams: [{ path: '/y', key: ['/id'] }] } };
    expect(differences(mine, theirs)).toEqual([
      { pointer: '/name', mine: 'a', theirs: 'b' },
      { pointer: '/config/streams/0/path', mine: '/x', theirs: '/y' },
    ]);
  });

  it('include what only one of both has', () => {
    expect(differences({ a: 1 }, { b: null })).toEqual([
      { pointer: '/a', mine: 1, theirs: undefined },
      { pointer: '/b', mine: undefined, theirs: null },
    ]);
  });

  it('take lists of other lengths as a whole, and find nothing in equals', () => {
    expect(differences([1], [1, 2])).toEqual([{ pointer: '', mine: [1], theirs: [1, 2] }]);
    expect(differences({ a: [{ b: 1 }] }, { a: [{ b: 1 }] })).toEqual([]);
  });
});
