import { Text } from '@mantine/core';
import type { IntegrationState } from '../api/types';
import { useNow } from '../time/clock';
import { absoluteTime, countdown } from '../time/words';

/** What happens next and when, counting down. */
export function NextSyncLine({ integration }: { integration: IntegrationState }) {
  const now = useNow();
  const { text, at } = nextOf(integration, now);
  return (
    <Text size="sm" c="dimmed" truncate title={at === null ? undefined : absoluteTime(at)}>
      {text}
    </Text>
  );
}

function nextOf(integration: IntegrationState, now: number): { text: string; at: number | null } {
  const { activeSync, nextSyncAt, syncEnabled, syncInterval } = integration;
  if (activeSync?.status === 'RUNNING') {
    return {
      text: activeSync.executor === null ? 'Running' : `On ${activeSync.executor}`,
      at: null,
    };
  }
  if (activeSync !== null) {
    const at = activeSync.waitUntil === null ? null : Date.parse(activeSync.waitUntil);
    const left = at === null ? null : countdown(at, now);
    if (left === null) return { text: 'Waiting to run', at };
    return { text: `${activeSync.waitReason === 'BACKOFF' ? 'Retry' : 'Goes on'} in ${left}`, at };
  }
  if (!syncEnabled) return { text: 'No sync is scheduled', at: null };
  if (syncInterval === null) return { text: 'Syncs when asked to', at: null };
  if (nextSyncAt === null) return { text: 'No sync is scheduled', at: null };
  const at = Date.parse(nextSyncAt);
  const left = countdown(at, now);
  return { text: left === null ? 'Due now' : `Next sync in ${left}`, at };
}
