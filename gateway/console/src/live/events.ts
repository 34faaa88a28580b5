// What the events of GET /api/events do to the picture of all integrations.

import type { IntegrationState } from '../api/types';

export type Integrations = ReadonlyMap<string, IntegrationState>;

export type LiveEvent =
  | { kind: 'snapshot-begin' }
  | { kind: 'integration'; integration: IntegrationState }
  | { kind: 'deleted'; id: string }
  | { kind: 'snapshot-end' }
  | { kind: 'resumed' };

export interface Picture {
  /** What is shown; null before the first snapshot has come whole. */
  readonly integrations: Integrations | null;
  /** The snapshot that is coming in; null when none is. */
  readonly snapshot: Integrations | null;
}

export const emptyPicture: Picture = { integrations: null, snapshot: null };

/**
 * The picture after some events. A snapshot replaces what is shown only when it is whole, so that
 * nothing vanishes while it comes in. What did not change keeps its identity.
 */
export function afterEvents(picture: Picture, events: readonly LiveEvent[]): Picture {
  let shown = picture.integrations === null ? null : new Map(picture.integrations);
  let snapshot = picture.snapshot === null ? null : new Map(picture.snapshot);
  for (const event of events) {
    switch (event.kind) {
      case 'snapshot-begin':
        snapshot = new Map();
        break;
      case 'integration':
        (snapshot ?? (shown ??= new Map())).set(event.integration.id, event.integration);
        break;
      case 'deleted':
        snapshot?.delete(event.id);
        shown?.delete(event.id);
        break;
      case 'snapshot-end':
        shown = snapshot ?? shown;
        snapshot = null;
        break;
      case 'resumed':
        snapshot = null;
        break;
    }
  }
  return { integrations: shown, snapshot };
}

/**
 * The picture after the answer to a change. An answer that is older than what events already told
 * (another change came in between) is left out.
 */
export function afterAnswer(integrations: Integrations, answer: IntegrationState): Integrations {
  const known = integrations.get(answer.id);
  if (known !== undefined && known.version > answer.version) return integrations;
  return new Map(integrations).set(answer.id, answer);
}
