// An integration as the form holds it, and as the API takes it. Pointers into both are the same.

import type { Integration, IntegrationInput, IntegrationType, ProblemError } from '../api/types';
import type { Mistake } from '../schema/draft';
import { isObject, isWithin, type Json, type JsonObject } from '../schema/pointer';

/** What a new integration begins with: the API's defaults. */
export function newDraft(tenantId = ''): JsonObject {
  return {
    tenantId,
    type: null,
    name: '',
    externalId: '',
    config: {},
    credentials: {},
    syncInterval: 3600,
    syncEnabled: true,
    maxRetries: 3,
    timeout: 3600,
  };
}

export function draftOf(integration: Integration): JsonObject {
  return {
    tenantId: integration.tenantId,
    type: integration.type,
    name: integration.name,
    externalId: integration.externalId ?? '',
    config: integration.config as JsonObject,
    credentials: {},
    syncInterval: integration.syncInterval,
    syncEnabled: integration.syncEnabled,
    maxRetries: integration.maxRetries,
    timeout: integration.timeout,
  };
}

/** What the API takes. Secrets that were not typed are left out, so that stored ones stay. */
export function inputOf(draft: JsonObject): IntegrationInput {
  const {
    tenantId,
    type,
    name,
    externalId,
    config,
    syncInterval,
    syncEnabled,
    maxRetries,
    timeout,
  } = draft;
  const credentials = typedSecrets(draft);
  return {
    tenantId: String(tenantId),
    type: type as IntegrationType,
    name: String(name).trim(),
    externalId: externalId === '' ? null : String(externalId).trim(),
    config: isObject(config) ? config : {},
    ...(Object.keys(credentials).length > 0 && { credentials }),
    // What was cleared is left out and gets the API's default; null as an interval is manual only.
    syncInterval: syncInterval as number | null,
    ...(typeof syncEnabled === 'boolean' && { syncEnabled }),
    ...(typeof maxRetries === 'number' && { maxRetries }),
    ...(typeof timeout === 'number' && { timeout }),
  };
}

/** The secrets that were typed and that the config still names: its kind may have been changed since. */
export function typedSecrets({ config, credentials }: JsonObject): Record<string, string> {
  const used = secretNames(config);
  const typed = Object.entries(isObject(credentials) ? credentials : {});
  return Object.fromEntries(
    typed.filter(([name, value]) => used.includes(name) && typeof value === 'string'),
  ) as Record<string, string>;
}

/** The names of the secrets that a config's way to sign in uses. */
export function secretNames(config: Json | undefined): string[] {
  const auth = isObject(config) ? config.auth : undefined;
  if (!isObject(auth)) return [];
  return ['credential', 'usernameCredential']
    .map((name) => auth[name])
    .filter((name): name is string => typeof name === 'string' && name !== '');
}

/** Secrets that would be lost by saving: stored ones are replaced together, and these were not typed. */
export function lostSecrets(draft: JsonObject): string[] {
  const typed = Object.keys(typedSecrets(draft));
  if (typed.length === 0) return [];
  return secretNames(draft.config).filter((name) => !typed.includes(name));
}

/** The server's mistakes as the form's. `prefix` is where the integration is in the request's body. */
export function mistakesOf(errors: readonly ProblemError[], prefix = ''): Mistake[] {
  return errors.map(({ pointer = '', detail }) => ({
    pointer: isWithin(pointer, prefix) ? pointer.slice(prefix.length) : pointer,
    detail,
  }));
}
