import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { bodyOf, client } from '../api/client';

const REFRESH = 3000; // milliseconds; the events tell of integrations only

export function useExecutors() {
  return useQuery({
    queryKey: ['executors'],
    queryFn: ({ signal }) => bodyOf(client.GET('/api/executors', { signal })),
    select: ({ executors }) => executors,
    refetchInterval: REFRESH,
  });
}

export function useQueue() {
  return useQuery({
    queryKey: ['queue'],
    queryFn: ({ signal }) => bodyOf(client.GET('/api/queue', { signal })),
    refetchInterval: REFRESH,
  });
}

/** Why an integration is or is not running, one sentence a line; asked for again while it is shown. */
export function useExplanation(integrationId: string | null) {
  return useQuery({
    queryKey: ['explanation', integrationId],
    queryFn: ({ signal }) =>
      bodyOf(
        client.GET('/api/integrations/{id}/explanation', {
          params: { path: { id: integrationId ?? '' } },
          signal,
        }),
      ),
    select: ({ text }) => text.split('\n').filter((line) => line !== ''),
    enabled: integrationId !== null,
    refetchInterval: REFRESH,
    placeholderData: keepPreviousData,
  });
}
