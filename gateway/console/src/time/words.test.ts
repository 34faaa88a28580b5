import { describe, expect, it } from 'vitest';
import { ago, countdown, durationInWords, intervalInWords } from './words';

describe('intervalInWords', () => {
  it.each([
    [null, 'Manual only'],
    [60, 'Every minute'],
    [61, 'Every 1 minute 1 second'],
    [300, 'Every 5 minutes'],
    [1800, 'Every 30 minutes'],
    [3600, 'Every hour'],
    [5400, 'Every 1 hour 30 minutes'],
    [21_600, 'Every 6 hours'],
    [86_400, 'Daily'],
    [172_800, 'Every 2 days'],
    [604_800, 'Weekly'],
    [31_622_400, 'Every 366 days'],
  ])('%s seconds: %s', (seconds, words) => {
    expect(intervalInWords(seconds)).toBe(words);
  });
});

describe('ago', () => {
  const now = 1_000_000_000_000;
  it.each([
    [-3000, 'just now'], // a clock that is a little ahead
    [4999, 'just now'],
    [5000, '5 s ago'],
    [59_999, '59 s ago'],
    [60_000, '1 min ago'],
    [3_599_999, '59 min ago'],
    [3_600_000, '1 h ago'],
    [86_400_000, '1 day ago'],
    [3 * 86_400_000, '3 days ago'],
  ])('%s ms: %s', (passed, words) => {
    expect(ago(now - passed, now)).toBe(words);
  });
});

describe('countdown', () => {
  it.each([
    [0, null],
    [-1, null],
    [1, '0:01'],
    [1000, '0:01'],
    [42_000, '0:42'],
    [724_000, '12:04'],
    [3_600_000, '1:00:00'],
    [86_399_000, '23:59:59'],
    [3 * 86_400_000 + 4 * 3_600_000, '3 d 04:00'],
  ])('%s ms: %s', (left, clock) => {
    expect(countdown(5000 + left, 5000)).toBe(clock);
  });
});

describe('durationInWords', () => {
  it.each([
    [0, '0 ms'],
    [340, '340 ms'],
    [1249, '1.2 s'],
    [59_949, '59.9 s'],
    [59_950, '1 min 00 s'],
    [185_000, '3 min 05 s'],
    [7_800_000, '2 h 10 min'],
  ])('%s ms: %s', (milliseconds, words) => {
    expect(durationInWords(milliseconds)).toBe(words);
  });
});
