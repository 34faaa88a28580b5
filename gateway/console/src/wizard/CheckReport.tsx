import { Alert, Button, Stack, Table, Text } from '@mantine/core';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import { ERROR_WORDS } from '../history/looks';
import { isObject } from '../schema/pointer';
import { counted, durationInWords } from '../time/words';
import type { CheckOutcome } from './useCheck';

const MOST_COLUMNS = 8; // of the preview; a record's own page shows all

interface Props {
  outcome: CheckOutcome & { kind: 'checked' };
  /** Leads to the field that is probably wrong; null when none is. */
  onShowField: (() => void) | null;
}

/** What a test of the connection fetched, or why it failed. */
export function CheckReport({ outcome, onShowField }: Props) {
  const { stream, result } = outcome;
  const timing = `${result.httpStatus === null ? '' : `HTTP ${result.httpStatus}, `}${durationInWords(result.latency)}`;
  return (
    <Stack gap="sm" role="status">
      {result.ok ? (
        <Alert color="green" icon={<IconCheck aria-hidden />} title="The connection works">
          {counted(result.fetched, 'record')} on the first page of {stream} ({timing}).
        </Alert>
      ) : (
        <Alert
          color="red"
          icon={<IconAlertTriangle aria-hidden />}
          title={result.errorClass === null ? 'The test failed' : ERROR_WORDS[result.errorClass]}
        >
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {result.errorMessage} ({timing})
          </Text>
          {result.rejected > 0 && (
            <Text size="sm">
              {counted(result.rejected, 'record')} of {result.fetched} would be rejected.
            </Text>
          )}
          {onShowField !== null && (
            <Button mt="xs" size="compact-sm" color="red.9" onClick={onShowField}>
              Show the field
            </Button>
          )}
        </Alert>
      )}
      {result.records.length > 0 && <Preview records={result.records} />}
    </Stack>
  );
}

function Preview({ records }: { records: readonly unknown[] }) {
  const rows = records.filter(isObject);
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].slice(0, MOST_COLUMNS);
  return (
    <Table.ScrollContainer minWidth={480}>
      <Table
        striped
        withTableBorder
        verticalSpacing={4}
        aria-label="Records as they would be stored"
      >
        <Table.Thead>
          <Table.Tr>
            {columns.map((column) => (
              <Table.Th key={column}>{column}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row, index) => (
            <Table.Tr key={index}>
              {columns.map((column) => {
                const value = row[column];
                return (
                  <Table.Td key={column} maw={220}>
                    <Text size="sm" truncate>
                      {typeof value === 'string' ? value : JSON.stringify(value)}
                    </Text>
                  </Table.Td>
                );
              })}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
