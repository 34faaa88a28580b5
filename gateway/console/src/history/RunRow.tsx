import { ActionIcon, Badge, Table, Text } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import type { SyncLog } from '../api/types';
import { waitInWords } from '../integration/condition';
import { RelativeTime } from '../integration/RelativeTime';
import { useNow } from '../time/clock';
import { countdown, durationInWords, formatCount } from '../time/words';
import { ERROR_WORDS, STATUS_LOOKS, TRIGGER_WORDS } from './looks';
import { RunDetails } from './RunDetails';

/** The columns that count records, in their order. */
export const COUNTS = ['created', 'updated', 'unchanged', 'deleted', 'rejected'] as const;

export const COLUMNS = 7 + COUNTS.length;

interface Props {
  log: SyncLog;
  isOpen: boolean;
  onToggle: () => void;
}

/** A run in the history, and its details when it is opened. */
export function RunRow({ log, isOpen, onToggle }: Props) {
  const { label, color } = STATUS_LOOKS[log.status];
  return (
    <>
      <Table.Tr data-log={log.id} data-status={log.status}>
        <Table.Td>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-expanded={isOpen}
            aria-label={isOpen ? 'Hide details' : 'Show details'}
            onClick={onToggle}
          >
            {isOpen ? (
              <IconChevronDown size={16} aria-hidden />
            ) : (
              <IconChevronRight size={16} aria-hidden />
            )}
          </ActionIcon>
        </Table.Td>
        <Table.Td>
          <Badge
            variant="dot"
            color={color}
            size="md"
            miw={96}
            style={{ justifyContent: 'flex-start' }}
          >
            {label}
          </Badge>
        </Table.Td>
        <Table.Td>{TRIGGER_WORDS[log.trigger]}</Table.Td>
        <Table.Td ta="right">{log.attempt}</Table.Td>
        <Table.Td style={{ whiteSpace: 'nowrap' }}>
          <RelativeTime at={log.startedAt ?? log.createdAt} />
        </Table.Td>
        <Table.Td ta="right">
          {log.startedAt === null ? '–' : durationInWords(log.duration)}
        </Table.Td>
        {COUNTS.map((name) => (
          <Table.Td key={name} ta="right">
            {formatCount(log.counts[name])}
          </Table.Td>
        ))}
        <Table.Td maw={280}>
          <Outcome log={log} />
        </Table.Td>
      </Table.Tr>
      {isOpen && (
        <Table.Tr>
          <Table.Td colSpan={COLUMNS} p={0} bg="var(--mantine-color-default-hover)">
            <RunDetails log={log} />
          </Table.Td>
        </Table.Tr>
      )}
    </>
  );
}

// What there is to say: why it failed, what it waits for, how far it is.
function Outcome({ log }: { log: SyncLog }) {
  const now = useNow();
  if (log.errorClass !== null) {
    return (
      <Text size="sm" truncate title={log.errorMessage ?? undefined}>
        <Text span fw={600} c="var(--mantine-color-error)">
          {ERROR_WORDS[log.errorClass]}
        </Text>
        {log.errorMessage !== null && ` · ${log.errorMessage}`}
      </Text>
    );
  }
  if (log.status === 'PENDING') {
    const left = log.waitUntil === null ? null : countdown(Date.parse(log.waitUntil), now);
    const wait = log.waitDetail || waitInWords(log.waitReason);
    return <Text size="sm">{left === null ? wait : `${wait}, goes on in ${left}`}</Text>;
  }
  if (log.status === 'RUNNING') {
    return <Text size="sm">{`Page ${formatCount(log.counts.pages + 1)}`}</Text>;
  }
  return null;
}
