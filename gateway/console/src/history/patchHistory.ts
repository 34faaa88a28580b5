import type { QueryClient } from '@tanstack/react-query';
import type { IntegrationState, SyncHistory, SyncLog } from '../api/types';

export interface HistoryPage {
  status: SyncLog['status'] | null;
  /** The page's cursor; null for the newest page. */
  cursor: string | null;
  pageSize: number;
}

export const historyKey = (integrationId: string, page: HistoryPage) =>
  ['history', integrationId, page] as const;

/**
 * The rows of a page, with those that an integration's state tells newer things of: the run that is
 * active, and the one that ended last. The same array when none of them changed.
 */
export function withState(logs: readonly SyncLog[], integration: IntegrationState): SyncLog[] {
  const { activeSync, lastSync } = integration;
  let changed = false;
  const rows = logs.map((log) => {
    if (log.id === activeSync?.id) {
      changed = true;
      return activeSync;
    }
    if (log.id === lastSync?.syncLogId && log.completedAt === null) {
      changed = true;
      const { syncLogId: _, ...ended } = lastSync;
      return { ...log, ...ended, waitReason: null, waitDetail: null, waitUntil: null };
    }
    return log;
  });
  return changed ? rows : (logs as SyncLog[]);
}

/** Whether the newest page of a filter no longer shows what it should, by an integration's state. */
export function isStale(
  logs: readonly SyncLog[],
  status: SyncLog['status'] | null,
  { activeSync, lastSync }: IntegrationState,
): boolean {
  const lacks = (id: string | undefined, of: SyncLog['status'] | undefined) =>
    id !== undefined && (status === null || of === status) && !logs.some((log) => log.id === id);
  return (
    lacks(activeSync?.id, activeSync?.status) ||
    lacks(lastSync?.syncLogId, lastSync?.status) ||
    (status !== null && logs.some((log) => log.status !== status))
  );
}

/**
 * Brings open histories of an integration up to date. Rows are changed in place; the newest page is
 * asked for again when there is a new run or a row may no longer match the filter. Older pages stay
 * as they are, so that nobody loses the place they read at.
 */
export function patchHistory(queries: QueryClient, integration: IntegrationState): void {
  const open = queries.getQueryCache().findAll({ queryKey: ['history', integration.id] });
  for (const query of open) {
    const history = query.state.data as SyncHistory | undefined;
    const page = query.queryKey[2] as HistoryPage;
    if (history === undefined) continue;
    const logs = withState(history.logs, integration);
    if (logs !== history.logs) queries.setQueryData(query.queryKey, { ...history, logs });
    if (page.cursor === null && isStale(logs, page.status, integration)) {
      void queries.invalidateQueries({ queryKey: query.queryKey, exact: true });
    }
  }
}
