import { describe, expect, it } from 'vitest';
import { countsOf, integrationOf, lastSyncOf, logOf } from '../testing/samples';
import { isStale, withState } from './patchHistory';

const running = logOf({ id: 'b', status: 'RUNNING', completedAt: null, duration: 10 });
const ended = logOf({ id: 'a' });

describe('withState', () => {
  it('shows the active run as far as it is', () => {
    const further = { ...running, counts: countsOf({ pages: 3 }) };
    expect(withState([running, ended], integrationOf({ activeSync: further }))).toEqual([
      further,
      ended,
    ]);
  });

  it('ends the row of the run that ended', () => {
    const lastSync = lastSyncOf({
      syncLogId: 'b',
      status: 'FAILED',
      errorClass: 'AUTH',
      errorMessage: 'no',
      duration: 99,
    });
    const [row] = withState([running, ended], integrationOf({ lastSync }));
    expect(row).toMatchObject({ id: 'b', status: 'FAILED', errorClass: 'AUTH', duration: 99 });
    expect(row).not.toHaveProperty('syncLogId');
  });

  it('keeps what history said of a run that had ended, and the array when nothing changed', () => {
    const logs = [ended];
    const state = integrationOf({ lastSync: lastSyncOf({ syncLogId: 'a', errorMessage: 'x' }) });
    expect(withState(logs, state)).toBe(logs);
  });
});

describe('isStale', () => {
  const active = integrationOf({ activeSync: running });
  const failed = integrationOf({ lastSync: lastSyncOf({ syncLogId: 'b', status: 'FAILED' }) });
  it('notices a run that is not on the newest page', () => {
    expect(isStale([ended], null, active)).toBe(true);
    expect(isStale([ended], null, failed)).toBe(true);
    expect(isStale([running, ended], null, active)).toBe(false);
    expect(isStale([], null, integrationOf())).toBe(false);
  });

  it('minds the filter: a new row that matches, an old one that no longer does', () => {
    expect(isStale([], 'FAILED', failed)).toBe(true);
    expect(isStale([], 'SUCCESS', failed)).toBe(false);
    expect(isStale([], 'FAILED', active)).toBe(false);
    expect(isStale([{ ...running, status: 'FAILED' }], 'RUNNING', failed)).toBe(true);
  });
});
