import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { bodyOf, client, etag, newRequestId } from '../api/client';
import { ApiProblem, isWorthRetrying } from '../api/problem';
import type { Integration } from '../api/types';
import { notifyDone, notifyFailed } from '../app/notify';
import { fetchIntegration } from '../integration/useIntegration';
import { showAnswer } from '../live/useLive';
import type { Mistake } from '../schema/draft';
import type { JsonObject } from '../schema/pointer';
import { inputOf, mistakesOf } from './integrationDraft';

type CreateOutcome =
  { kind: 'saved'; integration: Integration } | { kind: 'refused'; mistakes: Mistake[] };

/** overtaken: somebody else has changed it meanwhile, to `theirs`. */
type ReplaceOutcome = CreateOutcome | { kind: 'overtaken'; theirs: Integration };

/** Creates an integration. Sent again unchanged, it is the same request: nothing is made twice. */
export function useCreate() {
  const queries = useQueryClient();
  const last = useRef({ body: '', requestId: '' });
  return useMutation({
    mutationFn: async (draft: JsonObject): Promise<CreateOutcome> => {
      const body = inputOf(draft);
      const text = JSON.stringify(body);
      if (last.current.body !== text) last.current = { body: text, requestId: newRequestId() };
      try {
        const integration = await bodyOf(
          client.POST('/api/integrations', {
            params: { header: { 'Idempotency-Key': last.current.requestId } },
            body,
          }),
        );
        return { kind: 'saved', integration };
      } catch (error) {
        return { kind: 'refused', mistakes: mistakesIn(error) };
      }
    },
    retry: isWorthRetrying,
    onSuccess: (outcome) => {
      if (outcome.kind !== 'saved') return;
      showAnswer(queries, outcome.integration);
      notifyDone(`${outcome.integration.name} is created.`);
    },
    onError: (error) => notifyFailed('It was not created', error),
  });
}

/** Replaces an integration, unless it has another version than the one that was opened. */
export function useReplace(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (change: { draft: JsonObject; version: number }): Promise<ReplaceOutcome> => {
      try {
        const integration = await bodyOf(
          client.PUT('/api/integrations/{id}', {
            params: { path: { id }, header: { 'If-Match': etag(change.version) } },
            body: inputOf(change.draft),
          }),
        );
        return { kind: 'saved', integration };
      } catch (error) {
        if (error instanceof ApiProblem && error.status === 412) {
          return { kind: 'overtaken', theirs: await fetchIntegration(id) };
        }
        return { kind: 'refused', mistakes: mistakesIn(error) };
      }
    },
    onSuccess: (outcome) => {
      if (outcome.kind !== 'saved') return;
      showAnswer(queries, outcome.integration);
      notifyDone(`${outcome.integration.name} is saved.`);
    },
    onError: (error) => notifyFailed('It was not saved', error),
  });
}

// What can be mended in a field; everything else is thrown on.
function mistakesIn(error: unknown): Mistake[] {
  if (!(error instanceof ApiProblem)) throw error;
  if (error.reason === 'EXTERNAL_ID_TAKEN') {
    return [{ pointer: '/externalId', detail: error.message }];
  }
  if (error.status === 422 && error.errors.length > 0) return mistakesOf(error.errors);
  throw error;
}
