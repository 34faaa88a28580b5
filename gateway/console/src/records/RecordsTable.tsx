import { Anchor, Badge, Box, Center, LoadingOverlay, Table, Text } from '@mantine/core';
import type { SyncedRecord } from '../api/types';
import { RelativeTime } from '../integration/RelativeTime';

interface Props {
  records: readonly SyncedRecord[] | undefined;
  isChanging: boolean;
  /** What to say when there are none. */
  nothing: string;
  onOpen: (record: SyncedRecord) => void;
}

const LONGEST_PREVIEW = 240; // characters; more never fits a line

/** A page of records; a record's key opens it. */
export function RecordsTable({ records, isChanging, nothing, onOpen }: Props) {
  return (
    <Box pos="relative" mih={360}>
      <LoadingOverlay visible={records === undefined || isChanging} overlayProps={{ blur: 0 }} />
      <Table.ScrollContainer minWidth={720}>
        <Table verticalSpacing={5} highlightOnHover layout="fixed" aria-label="Records">
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={180}>Key</Table.Th>
              <Table.Th w={140}>Stream</Table.Th>
              <Table.Th>Record</Table.Th>
              <Table.Th w={130}>Changed</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {records?.map((record) => (
              <Table.Tr key={`${record.stream}\n${record.key}`}>
                <Table.Td>
                  <Anchor
                    component="button"
                    type="button"
                    size="sm"
                    ta="left"
                    maw="100%"
                    truncate
                    display="block"
                    onClick={() => onOpen(record)}
                  >
                    {record.key}
                  </Anchor>
                </Table.Td>
                <Table.Td>
                  <Text size="sm" truncate>
                    {record.stream}
                  </Text>
                </Table.Td>
                <Table.Td>
                  <Text size="xs" ff="monospace" c="dimmed" truncate>
                    {record.deleted && (
                      <Badge color="red.9" size="sm" mr="xs">
                        Deleted
                      </Badge>
                    )}
                    {JSON.stringify(record.data).slice(0, LONGEST_PREVIEW)}
                  </Text>
                </Table.Td>
                <Table.Td>
                  <RelativeTime at={record.updatedAt} />
                </Table.Td>
              </Table.Tr>
            ))}
            {records?.length === 0 && (
              <Table.Tr>
                <Table.Td colSpan={4}>
                  <Center py="xl">
                    <Text c="dimmed">{nothing}</Text>
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
