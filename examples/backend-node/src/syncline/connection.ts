import type { Timestamp__Output } from '../generated/grpc/google/protobuf/Timestamp.ts';
import type { Integration__Output } from '../generated/grpc/syncline/v1/Integration.ts';

/** An integration as this backend's own clients know it: what they need to see, and nothing else. */
export interface Connection {
  id: string;
  name: string;
  status: string;
  /** What a person should know when it does not work; null when it does. */
  trouble: string | null;
  nextSyncAt: string | null;
  lastSyncedAt: string | null;
  /** The run that is waiting or running now. */
  sync: { runId: string; status: string; records: number } | null;
}

export function toConnection(integration: Integration__Output): Connection {
  const { activeSync, lastSync } = integration;
  const lastError = lastSync?.status === 'FAILED' ? lastSync.errorMessage : '';
  return {
    id: integration.id,
    name: integration.name,
    status: integration.status,
    trouble: integration.blockedReason || integration.disabledReason || lastError || null,
    nextSyncAt: timeText(integration.nextSyncAt),
    lastSyncedAt: timeText(integration.lastSuccessAt),
    sync: activeSync
      ? {
          runId: activeSync.runId,
          status: activeSync.status,
          records: activeSync.counts?.fetched ?? 0,
        }
      : null,
  };
}

function timeText(time: Timestamp__Output | null): string | null {
  return time && new Date(time.seconds * 1000 + time.nanos / 1e6).toISOString();
}
