import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { bodyOf, client } from '../api/client';
import type { SyncStatus } from '../api/types';
import { historyKey, type HistoryPage } from './patchHistory';

/** How many runs the chart shows. */
export const CHARTED_RUNS = 30;

/** A page of an integration's history. The one before stays until it is there. */
export function useHistoryPage(integrationId: string, page: HistoryPage) {
  return useQuery({
    queryKey: historyKey(integrationId, page),
    queryFn: ({ signal }) => fetchHistory(integrationId, page, signal),
    placeholderData: keepPreviousData,
  });
}

/** The newest runs, whatever their state, for the chart. */
export function useNewestRuns(integrationId: string) {
  return useHistoryPage(integrationId, { status: null, cursor: null, pageSize: CHARTED_RUNS });
}

export function fetchHistory(
  integrationId: string,
  { status, cursor, pageSize }: HistoryPage,
  signal?: AbortSignal,
) {
  return bodyOf(
    client.GET('/api/integrations/{id}/sync-history', {
      params: {
        path: { id: integrationId },
        query: { pageSize, ...filterOf(status), ...(cursor === null ? { page: 1 } : { cursor }) },
      },
      signal,
    }),
  );
}

function filterOf(status: SyncStatus | null): { status?: SyncStatus } {
  return status === null ? {} : { status };
}
