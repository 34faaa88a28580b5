import { useMutation, useQueryClient } from '@tanstack/react-query';
import { bodyOf, client, etag } from '../api/client';
import { ApiProblem } from '../api/problem';
import type { IntegrationState, SyncSettingsPatch } from '../api/types';
import { notifyFailed } from '../app/notify';
import { showAnswer } from '../live/useLive';

/** Changes sync settings of an integration, unless somebody changed it since it was shown. */
export function useSyncSettings({ id, name, version }: IntegrationState) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: SyncSettingsPatch) =>
      bodyOf(
        client.PATCH('/api/integrations/{id}/sync-settings', {
          params: { path: { id }, header: { 'If-Match': etag(version) } },
          body,
        }),
      ),
    onSuccess: (integration) => showAnswer(queries, integration),
    onError: (error) => {
      const changed = error instanceof ApiProblem && error.status === 412;
      notifyFailed(
        `${name} was not changed`,
        changed ? new Error('Somebody else has just changed it. Look at it and try again.') : error,
      );
    },
  });
}
