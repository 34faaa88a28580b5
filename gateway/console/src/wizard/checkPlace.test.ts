import { describe, expect, it } from 'vitest';
import type { CheckResult } from '../api/types';
import { placeOfFailure } from './checkPlace';

const failed = (result: Partial<CheckResult>): CheckResult => ({
  ok: false,
  errorClass: null,
  errorMessage: 'no',
  httpStatus: null,
  latency: 0,
  records: [],
  fetched: 0,
  rejected: 0,
  ...result,
});

const withKey = { auth: { kind: 'api_key', credential: 'key' } };

describe('placeOfFailure', () => {
  it.each<[string, Partial<CheckResult>, string | null]>([
    ['nobody there', { errorClass: 'TRANSIENT' }, '/config/baseUrl'],
    ['an address that is not allowed', { errorClass: 'CONFIG' }, '/config/baseUrl'],
    ['not found', { errorClass: 'CONFIG', httpStatus: 404 }, '/config/streams/1/path'],
    ['a wrong key', { errorClass: 'AUTH', httpStatus: 401 }, '/config/auth/credential'],
    ['records elsewhere', { errorClass: 'DATA', httpStatus: 200 }, '/config/streams/1/records'],
    ['records without key', { errorClass: 'DATA', rejected: 3 }, '/config/streams/1/key'],
    ['a fault of theirs', { errorClass: 'TRANSIENT', httpStatus: 500 }, null],
    ['a limit', { errorClass: 'RATE_LIMITED', httpStatus: 429 }, null],
  ])('%s', (_, result, place) => {
    expect(placeOfFailure(failed(result), withKey, 1)).toBe(place);
  });

  it('asks for a way to sign in where there is none', () => {
    expect(placeOfFailure(failed({ errorClass: 'AUTH', httpStatus: 401 }), {}, 0)).toBe(
      '/config/auth',
    );
  });
});
