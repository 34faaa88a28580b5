import { describe, expect, it } from 'vitest';
import { changeNumberBefore, type Probe } from './lastChange';

/** Records whose changes are (number, time) pairs; counts how often it is asked. */
function recordsChanged(changes: [number, number][]) {
  let probes = 0;
  const probe: Probe = (after) => {
    probes++;
    const next = changes.find(([changeNo]) => changeNo > after);
    return Promise.resolve(next === undefined ? null : { changeNo: next[0], at: next[1] });
  };
  return { probe, probes: () => probes };
}

describe('changeNumberBefore', () => {
  const changes: [number, number][] = [
    [2, 100],
    [3, 110],
    [7, 200], // one run from here
    [9, 205],
  ];

  it.each([
    [0, [2, 3, 7, 9]],
    [100, [2, 3, 7, 9]],
    [101, [3, 7, 9]],
    [200, [7, 9]],
    [206, []],
  ])('since %s', async (since, expected) => {
    const number = await changeNumberBefore(since, recordsChanged(changes).probe);
    expect(changes.map(([changeNo]) => changeNo).filter((changeNo) => changeNo > number)).toEqual(
      expected,
    );
  });

  it('finds nothing where there is nothing', async () => {
    expect(await changeNumberBefore(5, recordsChanged([]).probe)).toBe(0);
  });

  it('asks seldom', async () => {
    const many = recordsChanged(Array.from({ length: 100_000 }, (_, index) => [index + 1, index]));
    expect(await changeNumberBefore(77_777, many.probe)).toBe(77_777);
    expect(many.probes()).toBeLessThan(40);
  });
});
