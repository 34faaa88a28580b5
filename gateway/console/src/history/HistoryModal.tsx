import { Alert, Button, Group, Modal, NativeSelect, Stack, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { explain } from '../api/problem';
import type { SyncHistory, SyncStatus } from '../api/types';
import { useLiveIntegration } from '../live/useLive';
import { Pager } from '../paging/Pager';
import { useCursors } from '../paging/useCursors';
import { formatCount } from '../time/words';
import { HistoryTable } from './HistoryTable';
import { STATUS_LOOKS, STATUSES } from './looks';
import { RunsChart } from './RunsChart';
import { useExport } from './useExport';
import { useHistoryPage } from './useHistory';

const PAGE_SIZE = 20;

interface Props {
  integrationId: string;
  onClose: () => void;
}

/** What happened to an integration: its runs, newest first, and a chart of the last ones. */
export function HistoryModal({ integrationId, onClose }: Props) {
  const name = useLiveIntegration(integrationId)?.name ?? 'a deleted integration';
  const [status, setStatus] = useState<SyncStatus | null>(null);
  const { cursor, page, reset, onFirst, onBack, onNext } = useCursors();
  const shown = useHistoryPage(integrationId, { status, cursor, pageSize: PAGE_SIZE });
  // Only the newest page knows how many there are.
  const newest = useHistoryPage(integrationId, { status, cursor: null, pageSize: PAGE_SIZE });
  const download = useExport(integrationId, name, status);
  const isNarrow = useMediaQuery('(max-width: 62em)');
  const next = shown.isPlaceholderData ? null : (shown.data?.nextCursor ?? null);

  function filter(value: string): void {
    setStatus(STATUSES.find((known) => known === value) ?? null);
    reset();
  }

  return (
    <Modal
      opened
      onClose={onClose}
      size="min(1280px, 96vw)"
      fullScreen={isNarrow}
      title={
        <Text fw={650} size="lg" span>
          History of {name}
        </Text>
      }
      closeButtonProps={{ 'aria-label': 'Close the history' }}
    >
      <Stack gap="sm">
        <RunsChart integrationId={integrationId} />
        <Group justify="space-between">
          <NativeSelect
            aria-label="Filter by status"
            value={status ?? ''}
            onChange={(event) => filter(event.currentTarget.value)}
            data={[
              { value: '', label: 'All runs' },
              ...STATUSES.map((value) => ({ value, label: STATUS_LOOKS[value].label })),
            ]}
          />
          <Button
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
            loading={download.isPending}
            onClick={() => download.mutate()}
          >
            Export as CSV
          </Button>
        </Group>
        {shown.error !== null && (
          <Alert color="red" title="The history could not be read">
            {explain(shown.error)}
          </Alert>
        )}
        <HistoryTable
          logs={shown.data?.logs}
          isChanging={shown.isPlaceholderData}
          isFiltered={status !== null}
        />
        <Pager
          noun="runs"
          words={{ first: 'Newest', back: 'Newer', next: 'Older' }}
          page={page}
          pageSize={PAGE_SIZE}
          rows={shown.data?.logs.length ?? 0}
          total={totalOf(newest.data)}
          onFirst={onFirst}
          onBack={onBack}
          onNext={next === null ? null : () => onNext(next)}
        />
      </Stack>
    </Modal>
  );
}

function totalOf(newest: SyncHistory | undefined): string | null {
  if (newest === undefined || newest.total === null) return null;
  return `${newest.totalIsLowerBound ? 'more than ' : ''}${formatCount(newest.total)}`;
}
