import { useMutation, useQueryClient } from '@tanstack/react-query';
import { bodyOf, client, etag, newRequestId } from '../api/client';
import { isWorthRetrying } from '../api/problem';
import type { IntegrationState } from '../api/types';
import { notifyDone, notifyFailed } from '../app/notify';
import { showChange, showDeletion } from '../live/useLive';

/** Asks for a sync now. Repeated by itself while nobody answers, with the same request id. */
export function useSyncNow({ id, name }: IntegrationState) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (requestId: string) =>
      bodyOf(
        client.POST('/api/integrations/{id}/sync', {
          params: { path: { id }, header: { 'Idempotency-Key': requestId } },
        }),
      ),
    retry: isWorthRetrying,
    onSuccess: ({ joined, ...log }) => {
      // Its event may have come first, and knows more.
      showChange(queries, id, (integration) =>
        integration.activeSync?.id === log.id || integration.lastSync?.syncLogId === log.id
          ? integration
          : { ...integration, activeSync: log },
      );
      if (joined) notifyDone(`${name} was being synced already; you see that run.`);
    },
    onError: (error) => notifyFailed(`${name} could not be synced`, error),
  });
}

/** Starts a sync by its mutation, as a request of its own. */
export function startSync(syncNow: ReturnType<typeof useSyncNow>): void {
  syncNow.mutate(newRequestId());
}

/** Ends the active run. */
export function useCancelSync({ name, activeSync }: IntegrationState) {
  return useMutation({
    mutationFn: () => {
      if (activeSync === null) throw new Error('Nothing runs any more.');
      return bodyOf(
        client.POST('/api/sync-logs/{id}/cancel', { params: { path: { id: activeSync.id } } }),
      );
    },
    onSuccess: () =>
      notifyDone(`The sync of ${name} is cancelled. The next one goes on from there.`),
    onError: (error) => notifyFailed(`The sync of ${name} was not cancelled`, error),
  });
}

/** Deletes an integration with its records, unless somebody changed it since it was shown. */
export function useDeleteIntegration({ id, name, version }: IntegrationState) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () =>
      bodyOf(
        client.DELETE('/api/integrations/{id}', {
          params: { path: { id }, header: { 'If-Match': etag(version) } },
        }),
      ),
    onSuccess: () => {
      showDeletion(queries, id);
      notifyDone(`${name} is deleted.`);
    },
    onError: (error) => notifyFailed(`${name} was not deleted`, error),
  });
}
