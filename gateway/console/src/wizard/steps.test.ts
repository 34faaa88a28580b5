import { describe, expect, it } from 'vitest';
import { EDIT_STEPS, firstWrongStep, homeless, NEW_STEPS, stepOf } from './steps';

const at = (...pointers: string[]) => pointers.map((pointer) => ({ pointer, detail: 'wrong' }));

describe('stepOf', () => {
  it.each([
    ['/name', 'connection'],
    ['/config', 'connection'],
    ['/config/baseUrl', 'connection'],
    ['/config/auth/credential', 'connection'],
    ['/credentials/token', 'connection'],
    ['/config/streams', 'streams'],
    ['/config/streams/0/path', 'streams'],
    ['/config/streamsX', 'connection'],
    ['/config/rateLimit/burst', 'schedule'],
    ['/syncInterval', 'schedule'],
    ['/tenantId', null],
    ['', null],
  ])('%s: %s', (pointer, step) => {
    expect(stepOf(pointer)).toBe(step);
  });
});

describe('mistakes', () => {
  it('lead to the first step that has one', () => {
    const mistakes = at('/syncInterval', '/config/streams/0/key');
    expect(firstWrongStep(mistakes, NEW_STEPS)).toBe('streams');
    expect(firstWrongStep(at('/tenantId'), NEW_STEPS)).toBeNull();
  });

  it('without a field are told apart', () => {
    expect(homeless(at('/type', '/name', ''), EDIT_STEPS)).toEqual(at('/type', ''));
    expect(homeless(at('/type', '/name', ''), NEW_STEPS)).toEqual(at(''));
  });
});
