// Whole objects of the API for tests, which say only what matters to them.

import type { IntegrationState, LastSync, SyncCounts, SyncLog } from '../api/types';

export function countsOf(counts: Partial<SyncCounts> = {}): SyncCounts {
  return {
    fetched: 0,
    created: 0,
    updated: 0,
    unchanged: 0,
    deleted: 0,
    rejected: 0,
    pages: 0,
    takeovers: 0,
    ...counts,
  };
}

export function logOf(log: Partial<SyncLog> = {}): SyncLog {
  return {
    id: 'log',
    runId: log.id ?? 'log',
    integrationId: 'integration',
    tenantId: '',
    status: 'SUCCESS',
    trigger: 'SCHEDULE',
    attempt: 1,
    createdAt: '2026-01-01T00:00:00Z',
    startedAt: '2026-01-01T00:00:00Z',
    completedAt: '2026-01-01T00:00:01Z',
    duration: 1000,
    recordsCount: 0,
    counts: countsOf(),
    errorClass: null,
    errorMessage: null,
    httpStatus: null,
    executor: 'executor-1',
    epoch: 1,
    waitReason: null,
    waitDetail: null,
    waitUntil: null,
    rejectedReasons: [],
    ...log,
  };
}

export function lastSyncOf(sync: Partial<LastSync> = {}): LastSync {
  return {
    syncLogId: 'log',
    runId: sync.syncLogId ?? 'log',
    status: 'SUCCESS',
    startedAt: '2026-01-01T00:00:00Z',
    completedAt: '2026-01-01T00:00:01Z',
    duration: 1000,
    recordsCount: 0,
    counts: countsOf(),
    errorClass: null,
    errorMessage: null,
    ...sync,
  };
}

export function integrationOf(integration: Partial<IntegrationState> = {}): IntegrationState {
  return {
    id: 'integration',
    externalId: null,
    tenantId: '',
    name: 'Integration',
    type: 'REST',
    credentialNames: [],
    syncInterval: 3600,
    syncEnabled: true,
    maxRetries: 3,
    timeout: 3600,
    nextSyncAt: null,
    status: 'HEALTHY',
    disabledReason: null,
    blockedReason: null,
    retryCount: 0,
    lastSync: null,
    lastSuccessAt: null,
    activeSync: null,
    version: 1,
    createdAt: '2026-01-01T00:00:00Z',
    updatedAt: '2026-01-01T00:00:00Z',
    ...integration,
  };
}
