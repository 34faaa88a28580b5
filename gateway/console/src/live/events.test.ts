import { describe, expect, it } from 'vitest';
import { integrationOf } from '../testing/samples';
import { afterAnswer, afterEvents, emptyPicture, type LiveEvent, type Picture } from './events';

const told = (id: string, name = id): LiveEvent => ({
  kind: 'integration',
  integration: integrationOf({ id, name }),
});

function names(picture: Picture): string[] | null {
  return picture.integrations && [...picture.integrations.values()].map(({ name }) => name);
}

const whole: LiveEvent[] = [
  { kind: 'snapshot-begin' },
  told('a'),
  told('b'),
  { kind: 'snapshot-end' },
];

describe('afterEvents', () => {
  it('shows a first snapshot once it is whole', () => {
    const half = afterEvents(emptyPicture, whole.slice(0, 2));
    expect(half.integrations).toBeNull();
    expect(names(afterEvents(half, whole.slice(2)))).toEqual(['a', 'b']);
  });

  it('applies changes and deletions', () => {
    const before = afterEvents(emptyPicture, whole);
    const after = afterEvents(before, [told('b', 'B'), told('c'), { kind: 'deleted', id: 'a' }]);
    expect(names(after)).toEqual(['B', 'c']);
    expect(names(before)).toEqual(['a', 'b']);
  });

  it('keeps what is shown until a later snapshot is whole, and drops what that lacks', () => {
    const before = afterEvents(emptyPicture, whole);
    const during = afterEvents(before, [{ kind: 'snapshot-begin' }, told('b', 'B')]);
    expect(names(during)).toEqual(['a', 'b']);
    expect(names(afterEvents(during, [{ kind: 'snapshot-end' }]))).toEqual(['B']);
  });

  it('gives up a snapshot that broke off when the stream begins another one or is resumed', () => {
    const broken = afterEvents(afterEvents(emptyPicture, whole), [
      { kind: 'snapshot-begin' },
      told('x'),
    ]);
    expect(names(afterEvents(broken, whole))).toEqual(['a', 'b']);
    expect(names(afterEvents(broken, [{ kind: 'resumed' }, told('c')]))).toEqual(['a', 'b', 'c']);
  });

  it('leaves what did not change the same object, so that its card is not drawn again', () => {
    const before = afterEvents(emptyPicture, whole);
    const after = afterEvents(before, [told('b', 'B')]);
    expect(after.integrations!.get('a')).toBe(before.integrations!.get('a'));
  });
});

describe('afterAnswer', () => {
  const shown = new Map([['a', integrationOf({ id: 'a', version: 5, name: 'five' })]]);
  it('takes what is as new or newer, and not what is older', () => {
    const name = (version: number) =>
      afterAnswer(shown, integrationOf({ id: 'a', version, name: 'answer' })).get('a')!.name;
    expect(name(6)).toBe('answer');
    expect(name(5)).toBe('answer');
    expect(name(4)).toBe('five');
  });
});
