import { Code, CopyButton, Button, Drawer, Group, Stack, Text } from '@mantine/core';
import type { SyncedRecord } from '../api/types';
import { absoluteTime } from '../time/words';

interface Props {
  /** Null: closed. */
  record: SyncedRecord | null;
  onClose: () => void;
}

/** A record in full, as JSON. */
export function RecordDrawer({ record, onClose }: Props) {
  const json = JSON.stringify(record?.data, null, 2);
  return (
    <Drawer
      opened={record !== null}
      onClose={onClose}
      position="right"
      size="lg"
      title={
        <Text fw={650} span>
          {record?.key}
        </Text>
      }
      closeButtonProps={{ 'aria-label': 'Close the record' }}
    >
      {record !== null && (
        <Stack gap="sm">
          <Group justify="space-between" align="flex-start">
            <Text size="sm" c="dimmed">
              {record.stream} · first seen {absoluteTime(Date.parse(record.createdAt))}
              <br />
              {record.deleted ? 'deleted' : 'changed'} {absoluteTime(Date.parse(record.updatedAt))},
              change {record.changeNo}
            </Text>
            <CopyButton value={json}>
              {({ copied, copy }) => (
                <Button size="xs" variant="default" onClick={copy}>
                  {copied ? 'Copied' : 'Copy'}
                </Button>
              )}
            </CopyButton>
          </Group>
          <Code block tabIndex={0}>
            {json}
          </Code>
        </Stack>
      )}
    </Drawer>
  );
}
