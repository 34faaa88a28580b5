import { Code, List, SimpleGrid, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { SyncLog } from '../api/types';
import { absoluteTime, formatCount } from '../time/words';
import { ERROR_WORDS } from './looks';

/** Everything about one run that its row has no room for. */
export function RunDetails({ log }: { log: SyncLog }) {
  const { counts } = log;
  const time = (at: string | null): string => (at === null ? '–' : absoluteTime(Date.parse(at)));
  return (
    <Stack gap="xs" px="sm" py="xs">
      {log.errorMessage !== null && (
        <Text size="sm" c="var(--mantine-color-error)" style={{ overflowWrap: 'anywhere' }}>
          {log.errorClass !== null && <strong>{ERROR_WORDS[log.errorClass]}: </strong>}
          {log.errorMessage}
        </Text>
      )}
      <SimpleGrid component="dl" cols={{ base: 2, sm: 4 }} spacing="xs" m={0}>
        <Fact name="Pages">{formatCount(counts.pages)}</Fact>
        <Fact name="Fetched">{formatCount(counts.fetched)}</Fact>
        <Fact name="HTTP status">{log.httpStatus ?? '–'}</Fact>
        <Fact name="Executor">{log.executor ?? '–'}</Fact>
        <Fact name="Takeovers">{formatCount(counts.takeovers)}</Fact>
        <Fact name="Created">{time(log.createdAt)}</Fact>
        <Fact name="Started">{time(log.startedAt)}</Fact>
        <Fact name="Ended">{time(log.completedAt)}</Fact>
      </SimpleGrid>
      {log.rejectedReasons.length > 0 && (
        <div>
          <Text size="xs" c="dimmed">
            Why records were rejected
          </Text>
          <List size="sm">
            {log.rejectedReasons.map((reason, index) => (
              <List.Item key={index}>{reason}</List.Item>
            ))}
          </List>
        </div>
      )}
      <Text size="xs" c="dimmed">
        Run <Code>{log.runId}</Code>, log <Code>{log.id}</Code>
      </Text>
    </Stack>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <Text component="dt" size="xs" c="dimmed">
        {name}
      </Text>
      <Text component="dd" size="sm" m={0}>
        {children}
      </Text>
    </div>
  );
}
