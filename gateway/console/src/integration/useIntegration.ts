import { useQuery } from '@tanstack/react-query';
import { bodyOf, client } from '../api/client';

export const integrationKey = (id: string) => ['integration', id] as const;

/** Reads an integration with its config. */
export function fetchIntegration(id: string, signal?: AbortSignal) {
  return bodyOf(client.GET('/api/integrations/{id}', { params: { path: { id } }, signal }));
}

/** An integration with its config, which events do not tell. */
export function useIntegration(id: string) {
  return useQuery({
    queryKey: integrationKey(id),
    queryFn: ({ signal }) => fetchIntegration(id, signal),
  });
}
