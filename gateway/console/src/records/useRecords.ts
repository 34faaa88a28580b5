import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { bodyOf, client } from '../api/client';
import type { LastSync } from '../api/types';
import { changeNumberBefore } from './lastChange';

export const PAGE_SIZE = 50;

export interface RecordsWanted {
  /** Null: of every stream. */
  stream: string | null;
  keyPrefix: string;
  cursor: string | null;
  /** Null: the records as they are. Else: what changed behind this change number. */
  changedAfter: number | null;
}

interface RecordsQuery {
  stream?: string;
  keyPrefix?: string;
  cursor?: string;
  changedAfter?: number;
  pageSize: number;
}

function fetchRecords(id: string, query: RecordsQuery, signal?: AbortSignal) {
  return bodyOf(
    client.GET('/api/integrations/{id}/records', { params: { path: { id }, query }, signal }),
  );
}

/** A page of an integration's records, or of their changes. */
export function useRecords(id: string, wanted: RecordsWanted, isReady: boolean) {
  const { stream, keyPrefix, cursor, changedAfter } = wanted;
  return useQuery({
    queryKey: ['records', id, wanted],
    queryFn: ({ signal }) => {
      const query: RecordsQuery = { pageSize: PAGE_SIZE };
      if (stream !== null) query.stream = stream;
      if (cursor !== null) query.cursor = cursor;
      if (changedAfter !== null) query.changedAfter = changedAfter;
      else if (keyPrefix !== '') query.keyPrefix = keyPrefix;
      return fetchRecords(id, query, signal);
    },
    enabled: isReady,
    placeholderData: keepPreviousData,
  });
}

/** The change number behind which are the changes of the last run; undefined while it is looked for. */
export function useLastRunStart(id: string, lastSync: LastSync | null, isWanted: boolean) {
  return useQuery({
    queryKey: ['last-run-start', id, lastSync?.syncLogId],
    queryFn: ({ signal }) => {
      const since = Date.parse(lastSync?.startedAt ?? lastSync?.completedAt ?? '');
      return changeNumberBefore(since, async (after) => {
        const page = await fetchRecords(id, { changedAfter: after, pageSize: 1 }, signal);
        const first = page.records[0];
        return first === undefined
          ? null
          : { changeNo: first.changeNo, at: Date.parse(first.updatedAt) };
      });
    },
    enabled: isWanted && lastSync !== null,
    staleTime: Infinity,
  });
}
