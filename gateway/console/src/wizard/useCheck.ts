import { useMutation } from '@tanstack/react-query';
import { bodyOf, client } from '../api/client';
import { ApiProblem } from '../api/problem';
import type { CheckResult, Integration } from '../api/types';
import type { Mistake } from '../schema/draft';
import type { JsonObject } from '../schema/pointer';
import { inputOf, mistakesOf, secretNames, typedSecrets } from './integrationDraft';

const INTEGRATION = '/integration'; // where it is in the body of a check

export type CheckOutcome =
  | { kind: 'checked'; stream: string; result: CheckResult }
  | { kind: 'refused'; mistakes: Mistake[] };

/**
 * Fetches the first page of a stream without saving anything. `saved` is the integration as it is
 * stored: its secrets can be used only with its stored config, for they never come out.
 */
export function useCheck(draft: JsonObject, saved: Integration | null) {
  return useMutation({
    mutationFn: async (stream: string): Promise<CheckOutcome> => {
      try {
        const result = await bodyOf(
          client.POST('/api/integrations/check', { body: bodyFor(draft, saved, stream) }),
        );
        return { kind: 'checked', stream, result };
      } catch (error) {
        return { kind: 'refused', mistakes: mistakesIn(error) };
      }
    },
  });
}

/** Whether a check cannot use the stored secrets that the changed config names. */
export function needsSecretsAgain(draft: JsonObject, saved: Integration | null): boolean {
  if (saved === null || isAsSaved(draft, saved)) return false;
  const typed = typedSecrets(draft);
  return secretNames(draft.config).some((name) => typed[name] === undefined);
}

function isAsSaved(draft: JsonObject, saved: Integration): boolean {
  return (
    Object.keys(typedSecrets(draft)).length === 0 &&
    JSON.stringify(draft.config) === JSON.stringify(saved.config)
  );
}

function bodyFor(draft: JsonObject, saved: Integration | null, stream: string) {
  // Only what a check is about; the rest has its own step, and its own mistakes.
  const { tenantId, type, config, credentials } = inputOf(draft);
  if (saved !== null && isAsSaved(draft, saved)) {
    return { integrationId: saved.id, tenantId, stream };
  }
  return { integration: { tenantId, type, config, ...(credentials && { credentials }) }, stream };
}

function mistakesIn(error: unknown): Mistake[] {
  if (!(error instanceof ApiProblem) || error.status !== 422) throw error;
  return mistakesOf(error.errors, INTEGRATION);
}
