import { Box, Center, LoadingOverlay, Table, Text, VisuallyHidden } from '@mantine/core';
import { useState } from 'react';
import type { SyncLog } from '../api/types';
import { COLUMNS, COUNTS, RunRow } from './RunRow';

interface Props {
  logs: readonly SyncLog[] | undefined;
  /** Whether another page is on its way, so that this one is the old one still. */
  isChanging: boolean;
  isFiltered: boolean;
}

/** A page of runs, newest first. */
export function HistoryTable({ logs, isChanging, isFiltered }: Props) {
  const [open, setOpen] = useState<string | null>(null);
  return (
    <Box pos="relative" mih={420}>
      <LoadingOverlay visible={logs === undefined || isChanging} overlayProps={{ blur: 0 }} />
      <Table.ScrollContainer minWidth={900}>
        <Table highlightOnHover verticalSpacing={5} aria-label="Runs" stickyHeader>
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={36}>
                <VisuallyHidden>Details</VisuallyHidden>
              </Table.Th>
              <Table.Th w={116}>Status</Table.Th>
              <Table.Th w={92}>Trigger</Table.Th>
              <Table.Th w={64} ta="right">
                Attempt
              </Table.Th>
              <Table.Th w={108}>Started</Table.Th>
              <Table.Th w={92} ta="right">
                Duration
              </Table.Th>
              {COUNTS.map((name) => (
                <Table.Th key={name} w={84} ta="right" tt="capitalize">
                  {name}
                </Table.Th>
              ))}
              <Table.Th>What happened</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {logs?.map((log) => (
              <RunRow
                key={log.id}
                log={log}
                isOpen={open === log.id}
                onToggle={() => setOpen(open === log.id ? null : log.id)}
              />
            ))}
            {logs?.length === 0 && (
              <Table.Tr>
                <Table.Td colSpan={COLUMNS}>
                  <Center py="xl">
                    <Text c="dimmed">
                      {isFiltered
                        ? 'No run matches the filter.'
                        : 'No run yet. The first one begins when the schedule says so, or with “Sync now”.'}
                    </Text>
                  </Center>
                </Table.Td>
              </Table.Tr>
            )}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Box>
  );
}
