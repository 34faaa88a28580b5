import { Group, Text } from '@mantine/core';
import type { LastSync } from '../api/types';
import { RelativeTime } from '../integration/RelativeTime';
import { formatCount } from '../time/words';

/** What the last run did to the records, in figures. */
export function LastRunSummary({ lastSync }: { lastSync: LastSync | null }) {
  if (lastSync === null) {
    return (
      <Text size="sm" c="dimmed">
        No run has ended yet.
      </Text>
    );
  }
  const { created, updated, deleted, unchanged } = lastSync.counts;
  return (
    <Group gap="md">
      <Text size="sm">
        Ended <RelativeTime at={lastSync.completedAt} />
      </Text>
      <Text size="sm" c="dimmed">
        {formatCount(created)} created, {formatCount(updated)} updated, {formatCount(deleted)}{' '}
        deleted, {formatCount(unchanged)} unchanged
      </Text>
    </Group>
  );
}
