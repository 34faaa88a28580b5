import { useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { IntegrationState } from '../api/types';
import { sessionKey } from '../api/session';
import { currentTenant, withTenant } from '../api/tenant';
import { patchHistory } from '../history/patchHistory';
import { afterAnswer, afterEvents, emptyPicture, type Integrations, type Picture } from './events';
import { LiveStream, type Connection } from './stream';

export type { Connection } from './stream';

const pictureKey = ['live', 'picture'] as const;
const connectionKey = ['live', 'connection'] as const;

// Both are written by the stream alone and never fetched.
const told = { staleTime: Infinity, gcTime: Infinity, enabled: false, structuralSharing: false };

/** Keeps the live connection open while the caller is mounted, and the cache up to date by it. */
export function useLiveStream(): void {
  const queries = useQueryClient();
  useEffect(() => {
    const stream = new LiveStream(
      withTenant(`${window.location.origin}/api/events`, currentTenant()),
      {
        onConnection: (connection) => queries.setQueryData(connectionKey, connection),
        onRefused: () => void queries.invalidateQueries({ queryKey: sessionKey }),
        onEvents: (events) => {
          const before = queries.getQueryData<Picture>(pictureKey) ?? emptyPicture;
          const after = afterEvents(before, events);
          queries.setQueryData(pictureKey, after);
          if (after.integrations !== before.integrations) followUp(queries, before, after);
        },
      },
    );
    stream.open();
    return () => {
      stream.close();
      queries.removeQueries({ queryKey: ['live'] });
    };
  }, [queries]);
}

// Open histories follow the integrations that changed.
function followUp(queries: QueryClient, before: Picture, after: Picture): void {
  for (const integration of after.integrations?.values() ?? []) {
    if (before.integrations?.get(integration.id) !== integration) {
      patchHistory(queries, integration);
    }
  }
}

/** All integrations as they are now; null until the first snapshot has come. */
export function useIntegrations(): Integrations | null {
  const { data } = useQuery<Picture>({ queryKey: pictureKey, queryFn: neverAsked, ...told });
  return data?.integrations ?? null;
}

/** One integration as it is now; undefined when there is none of this id, or not yet. */
export function useLiveIntegration(id: string | null): IntegrationState | undefined {
  const { data } = useQuery<Picture, Error, IntegrationState | undefined>({
    queryKey: pictureKey,
    queryFn: neverAsked,
    select: (picture) => (id === null ? undefined : picture.integrations?.get(id)),
    ...told,
  });
  return data;
}

/** How the live connection is doing. */
export function useConnection(): Connection {
  const { data } = useQuery<Connection>({ queryKey: connectionKey, queryFn: neverAsked, ...told });
  return data ?? 'connecting';
}

/** Shows the answer to a change at once, without waiting for its event. */
export function showAnswer(queries: QueryClient, answer: IntegrationState): void {
  changeShown(queries, (integrations) => afterAnswer(integrations, answer));
}

/** Changes one integration as it is shown, by what is known of it. */
export function showChange(
  queries: QueryClient,
  id: string,
  change: (integration: IntegrationState) => IntegrationState,
): void {
  changeShown(queries, (integrations) => {
    const known = integrations.get(id);
    return known === undefined ? integrations : new Map(integrations).set(id, change(known));
  });
}

/** Takes a deleted integration away at once. */
export function showDeletion(queries: QueryClient, id: string): void {
  changeShown(queries, (integrations) => {
    const rest = new Map(integrations);
    rest.delete(id);
    return rest;
  });
}

function changeShown(
  queries: QueryClient,
  change: (integrations: Integrations) => Integrations,
): void {
  queries.setQueryData<Picture>(pictureKey, (picture) =>
    picture?.integrations ? { ...picture, integrations: change(picture.integrations) } : picture,
  );
}

function neverAsked(): never {
  throw new Error('this is told by the live stream, not asked for');
}
