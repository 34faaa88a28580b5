import type { ErrorClass, SyncLog, SyncStatus } from '../api/types';

/** Colours and words of a run's states. */
export const STATUS_LOOKS: Record<SyncStatus, { label: string; color: string }> = {
  PENDING: { label: 'Waiting', color: 'gray' },
  RUNNING: { label: 'Running', color: 'yellow' },
  SUCCESS: { label: 'Success', color: 'green' },
  FAILED: { label: 'Failed', color: 'red' },
};

export const STATUSES: readonly SyncStatus[] = ['SUCCESS', 'FAILED', 'RUNNING', 'PENDING'];

export const TRIGGER_WORDS: Record<SyncLog['trigger'], string> = {
  SCHEDULE: 'Schedule',
  MANUAL: 'By hand',
  RETRY: 'Retry',
};

export const ERROR_WORDS: Record<ErrorClass, string> = {
  TRANSIENT: 'Passing fault',
  RATE_LIMITED: 'Rate limited',
  AUTH: 'Credentials refused',
  CONFIG: 'Wrong settings',
  DATA: 'Unusable answer',
  CANCELLED: 'Cancelled',
  TIMEOUT: 'Took too long',
  LEASE_LOST: 'Executors lost',
  INTERNAL: 'Fault of Syncline',
};
