import type { IntegrationState, WaitReason } from '../api/types';

/** What an admin asks first of an integration. */
export type Condition = 'fresh' | 'syncing' | 'waiting' | 'failing' | 'disabled';

export const CONDITIONS: readonly Condition[] = [
  'fresh',
  'syncing',
  'waiting',
  'failing',
  'disabled',
];

/**
 * The condition of an integration. A run that an executor works on comes first; one that waits to
 * retry a failure is failing, for that is what there is to look at.
 */
export function conditionOf(integration: IntegrationState): Condition {
  const { activeSync, status, syncEnabled } = integration;
  if (activeSync?.status === 'RUNNING') return 'syncing';
  if (status === 'FAILING' || status === 'BLOCKED') return syncEnabled ? 'failing' : 'disabled';
  if (activeSync !== null) return activeSync.waitReason === 'BACKOFF' ? 'failing' : 'waiting';
  if (!syncEnabled || status === 'DISABLED') return 'disabled';
  return status === 'HEALTHY' ? 'fresh' : 'waiting';
}

export function countConditions(
  integrations: Iterable<IntegrationState>,
): Record<Condition, number> {
  const counts = { fresh: 0, syncing: 0, waiting: 0, failing: 0, disabled: 0 };
  for (const integration of integrations) counts[conditionOf(integration)]++;
  return counts;
}

const WAITS: Record<WaitReason, string> = {
  SLOT: 'Waiting for a free executor',
  DISPATCHING: 'On its way to an executor',
  BACKOFF: 'Waiting to retry',
  RATE_LIMIT: 'The API asked to wait',
  DRAINED: 'Its executor is shutting down; it goes on elsewhere',
  EXECUTOR_LOST: 'Its executor was lost; it goes on elsewhere',
  CONFIG_CHANGED: 'The connection changed; it begins again',
  REFUSED: 'An executor refused it; another one gets it',
  AFTER_CURRENT_RUN: 'Waiting for the current run to end',
};

/** Why a run waits, in words; of a reason that a newer server has, its name. */
export function waitInWords(reason: string | null): string {
  if (reason === null) return 'Waiting to start';
  return reason in WAITS ? WAITS[reason as WaitReason] : reason;
}
