import { Alert, Badge, Group, Progress, Skeleton, Stack, Table, Text, Title } from '@mantine/core';
import { explain } from '../api/problem';
import type { Executor } from '../api/types';
import { RelativeTime } from '../integration/RelativeTime';
import { useExecutors } from './useSystem';

/** The processes that run syncs. */
export function ExecutorsTable() {
  const { data: executors, error } = useExecutors();
  return (
    <Stack gap="sm" component="section" aria-labelledby="executors-title">
      <Title order={2} size="h4" id="executors-title">
        Executors
      </Title>
      {error !== null && (
        <Alert color="red" title="The executors could not be read">
          {explain(error)}
        </Alert>
      )}
      {executors === undefined ? (
        error === null && <Skeleton height={120} />
      ) : executors.length === 0 ? (
        <Alert color="red" title="No executor is connected">
          Nothing can be synced until one is. Start a sync-executor with SYNC_SCHEDULER_ADDRESS set
          to this scheduler.
        </Alert>
      ) : (
        <Table.ScrollContainer minWidth={680}>
          <Table verticalSpacing={6} aria-label="Executors">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Name</Table.Th>
                <Table.Th>State</Table.Th>
                <Table.Th>Version</Table.Th>
                <Table.Th w={200}>Busy slots</Table.Th>
                <Table.Th>Connectors</Table.Th>
                <Table.Th>Last heard of</Table.Th>
                <Table.Th>Started</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {executors.map((executor) => (
                <ExecutorRow key={executor.processId} executor={executor} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Stack>
  );
}

function ExecutorRow({ executor }: { executor: Executor }) {
  const { label, color } = stateOf(executor);
  const { busy, slots } = executor;
  return (
    <Table.Tr>
      <Table.Td>
        <Text size="sm" fw={600} title={executor.processId}>
          {executor.name}
        </Text>
      </Table.Td>
      <Table.Td>
        <Badge variant="dot" color={color}>
          {label}
        </Badge>
      </Table.Td>
      <Table.Td>{executor.version}</Table.Td>
      <Table.Td>
        <Group gap="xs" wrap="nowrap">
          <Progress
            value={slots === 0 ? 0 : (busy / slots) * 100}
            flex={1}
            aria-label={`${busy} of ${slots} slots are busy`}
          />
          <Text size="sm" miw={64} ta="right">
            {busy} of {slots}
          </Text>
        </Group>
      </Table.Td>
      <Table.Td>{executor.connectorTypes.join(', ')}</Table.Td>
      <Table.Td>
        <RelativeTime at={executor.lastHeardAt} />
      </Table.Td>
      <Table.Td>
        <RelativeTime at={executor.startedAt} />
      </Table.Td>
    </Table.Tr>
  );
}

function stateOf({ alive, draining }: Executor): { label: string; color: string } {
  if (!alive) return { label: 'Gone', color: 'gray' };
  return draining ? { label: 'Draining', color: 'yellow' } : { label: 'Ready', color: 'green' };
}
