import { Button, Code, Group, Modal, Stack, Table, Text } from '@mantine/core';
import type { Integration } from '../api/types';
import type { Json, JsonObject } from '../schema/pointer';
import { differences } from './differences';
import { draftOf } from './integrationDraft';

interface Props {
  mine: JsonObject;
  /** What somebody else made of it meanwhile; null: nothing, this is closed. */
  theirs: Integration | null;
  onTakeTheirs: (theirs: Integration) => void;
  onKeepMine: (theirs: Integration) => void;
  onClose: () => void;
}

/** Two people edited the same integration: shows where they differ, and lets this one decide. */
export function ConflictModal({ mine, theirs, onTakeTheirs, onKeepMine, onClose }: Props) {
  const { credentials: _, ...readable } = mine; // secrets are not for show
  const found = theirs === null ? [] : differences(readable, withoutSecrets(theirs));
  return (
    <Modal
      opened={theirs !== null}
      onClose={onClose}
      size="lg"
      title="Somebody else has changed this integration"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Stack gap="sm">
        <Text size="sm">Nothing is saved yet. This is where your version and theirs differ:</Text>
        <Table.ScrollContainer minWidth={420}>
          <Table withTableBorder verticalSpacing={4} aria-label="Differences">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Field</Table.Th>
                <Table.Th>Yours</Table.Th>
                <Table.Th>Theirs</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {found.map((difference) => (
                <Table.Tr key={difference.pointer}>
                  <Table.Td>{difference.pointer.slice(1)}</Table.Td>
                  <Table.Td>
                    <Value of={difference.mine} />
                  </Table.Td>
                  <Table.Td>
                    <Value of={difference.theirs} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
        {found.length === 0 && (
          <Text size="sm">They made the same changes, or changed secrets.</Text>
        )}
        {theirs !== null && (
          <Group justify="flex-end">
            <Button variant="default" onClick={() => onTakeTheirs(theirs)}>
              Take theirs
            </Button>
            <Button color="red.9" onClick={() => onKeepMine(theirs)}>
              Save mine over theirs
            </Button>
          </Group>
        )}
      </Stack>
    </Modal>
  );
}

function withoutSecrets(integration: Integration): JsonObject {
  const { credentials: _, ...readable } = draftOf(integration);
  return readable;
}

function Value({ of: value }: { of: Json | undefined }) {
  return value === undefined ? <>–</> : <Code>{JSON.stringify(value)}</Code>;
}
