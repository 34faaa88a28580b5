import { Alert, Paper, SimpleGrid, Skeleton, Stack, Table, Text, Title } from '@mantine/core';
import { explain } from '../api/problem';
import type { Queue } from '../api/types';
import { waitInWords } from '../integration/condition';
import { durationInWords, formatCount } from '../time/words';
import { useQueue } from './useSystem';

/** What waits and what runs, and how late it is. */
export function QueueFigures() {
  const { data: queue, error } = useQueue();
  return (
    <Stack gap="sm" component="section" aria-labelledby="queue-title">
      <Title order={2} size="h4" id="queue-title">
        Queue
      </Title>
      {error !== null && (
        <Alert color="red" title="The queue could not be read">
          {explain(error)}
        </Alert>
      )}
      {queue === undefined ? (
        error === null && <Skeleton height={76} />
      ) : (
        <>
          <SimpleGrid cols={{ base: 2, sm: 3, lg: 6 }} spacing="sm">
            {figuresOf(queue).map(([name, value]) => (
              <Paper key={name} withBorder px="sm" py={8}>
                <Text size="lg" fw={650}>
                  {value}
                </Text>
                <Text size="xs" c="dimmed">
                  {name}
                </Text>
              </Paper>
            ))}
          </SimpleGrid>
          {queue.pending.length > 0 && <PendingTable pending={queue.pending} />}
        </>
      )}
    </Stack>
  );
}

function figuresOf(queue: Queue): [string, string][] {
  const pending = queue.pending.reduce((sum, { count }) => sum + count, 0);
  return [
    ['Due, not started', formatCount(queue.due)],
    ['Due for at most', queue.due === 0 ? '–' : durationInWords(queue.dueLag)],
    ['Waiting', formatCount(pending)],
    ['On their way', formatCount(queue.dispatching)],
    ['Running', formatCount(queue.running)],
    ['Slots in use', `${formatCount(queue.busySlots)} of ${formatCount(queue.slots)}`],
  ];
}

function PendingTable({ pending }: { pending: Queue['pending'] }) {
  return (
    <Table aria-label="Waiting runs" maw={560}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>What they wait for</Table.Th>
          <Table.Th ta="right">Runs</Table.Th>
          <Table.Th ta="right">Longest</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {pending.map(({ waitReason, count, oldest }) => (
          <Table.Tr key={waitReason}>
            <Table.Td>{waitInWords(waitReason)}</Table.Td>
            <Table.Td ta="right">{formatCount(count)}</Table.Td>
            <Table.Td ta="right">{durationInWords(oldest)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
