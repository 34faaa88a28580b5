import { Text } from '@mantine/core';
import type { LastSync } from '../api/types';
import { counted, durationInWords } from '../time/words';
import { RelativeTime } from './RelativeTime';

/** The last sync in a sentence: "3 min ago, 412 records, 1.2 s". */
export function LastSyncLine({ lastSync }: { lastSync: LastSync | null }) {
  if (lastSync === null) {
    return (
      <Text size="sm" c="dimmed">
        Not synced yet
      </Text>
    );
  }
  const { completedAt, recordsCount, duration } = lastSync;
  return (
    <Text size="sm" truncate>
      {outcomeOf(lastSync)} <RelativeTime at={completedAt} />, {counted(recordsCount, 'record')},{' '}
      {durationInWords(duration)}
    </Text>
  );
}

function outcomeOf({ status, errorClass }: LastSync): string {
  if (status === 'SUCCESS') return 'Synced';
  return errorClass === 'CANCELLED' ? 'Cancelled' : 'Failed';
}
