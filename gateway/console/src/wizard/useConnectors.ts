import { useQuery } from '@tanstack/react-query';
import { bodyOf, client } from '../api/client';

/** The types of integration, with the schemas that their forms are made from. */
export function useConnectors() {
  return useQuery({
    queryKey: ['connectors'],
    queryFn: ({ signal }) => bodyOf(client.GET('/api/connectors', { signal })),
    select: ({ connectors }) => connectors,
    staleTime: Infinity,
  });
}
