import { describe, expect, it } from 'vitest';
import type { IntegrationState } from '../api/types';
import { integrationOf, logOf } from '../testing/samples';
import { conditionOf, countConditions, type Condition } from './condition';

const running = logOf({ status: 'RUNNING' });
const pending = logOf({ status: 'PENDING', waitReason: 'SLOT' });
const retrying = logOf({ status: 'PENDING', waitReason: 'BACKOFF' });

const CASES: [string, Partial<IntegrationState>, Condition][] = [
  ['healthy', { status: 'HEALTHY' }, 'fresh'],
  ['healthy, manual only', { status: 'HEALTHY', syncInterval: null }, 'fresh'],
  ['never synced', { status: 'NEVER_SYNCED' }, 'waiting'],
  ['running', { activeSync: running }, 'syncing'],
  ['running again after failures', { status: 'FAILING', activeSync: running }, 'syncing'],
  ['running by hand while disabled', { syncEnabled: false, activeSync: running }, 'syncing'],
  ['waiting for a slot', { activeSync: pending }, 'waiting'],
  ['waiting to retry', { status: 'FAILING', activeSync: retrying }, 'failing'],
  ['waiting to retry its first run', { status: 'NEVER_SYNCED', activeSync: retrying }, 'failing'],
  ['failing until the next tick', { status: 'FAILING' }, 'failing'],
  ['blocked', { status: 'BLOCKED' }, 'failing'],
  ['switched off', { status: 'DISABLED', syncEnabled: false }, 'disabled'],
  ['switched off while failing', { status: 'FAILING', syncEnabled: false }, 'disabled'],
];

describe('conditionOf', () => {
  it.each(CASES)('%s', (_, state, condition) => {
    expect(conditionOf(integrationOf(state))).toBe(condition);
  });
});

describe('countConditions', () => {
  it('counts each integration once', () => {
    const counts = countConditions(CASES.map(([, state]) => integrationOf(state)));
    expect(Object.values(counts).reduce((sum, count) => sum + count)).toBe(CASES.length);
    expect(counts.syncing).toBe(3);
  });
});
