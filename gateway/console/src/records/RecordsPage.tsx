import { Alert, Anchor, Breadcrumbs, Stack, Text, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { explain } from '../api/problem';
import type { SyncedRecord } from '../api/types';
import { streamNames } from '../integration/streams';
import { useIntegration } from '../integration/useIntegration';
import { useLiveIntegration } from '../live/useLive';
import { Pager } from '../paging/Pager';
import { useCursors } from '../paging/useCursors';
import { LastRunSummary } from './LastRunSummary';
import { RecordDrawer } from './RecordDrawer';
import { RecordsTable } from './RecordsTable';
import { RecordsToolbar, type View } from './RecordsToolbar';
import { PAGE_SIZE, useLastRunStart, useRecords } from './useRecords';

const TYPING_PAUSE = 250; // milliseconds without a key before the search begins

/** The records of an integration: by key, or what its last run changed. */
export function RecordsPage() {
  const { id = '' } = useParams();
  const { data: integration, error: notFound } = useIntegration(id);
  const lastSync = useLiveIntegration(integration?.id ?? null)?.lastSync ?? null;
  const [view, setView] = useState<View>('all');
  const [stream, setStream] = useState<string | null>(null);
  const [search, setSearch] = useState('');
  const [keyPrefix] = useDebouncedValue(search, TYPING_PAUSE);
  const [open, setOpen] = useState<SyncedRecord | null>(null);
  const { cursor, page, reset, onFirst, onBack, onNext } = useCursors();

  const showsChanges = view === 'changes';
  const start = useLastRunStart(id, lastSync, showsChanges);
  const changedAfter = showsChanges ? (start.data ?? 0) : null;
  const isReady = !showsChanges || start.data !== undefined;
  const records = useRecords(id, { stream, keyPrefix, cursor, changedAfter }, isReady);
  const error = notFound ?? records.error ?? start.error;
  const next = records.isPlaceholderData ? null : (records.data?.nextCursor ?? null);

  const fromTheStart =
    <Value,>(set: (value: Value) => void) =>
    (value: Value) => {
      set(value);
      reset();
    };

  return (
    <Stack gap="sm">
      <Breadcrumbs>
        <Anchor component={Link} to="/">
          Integrations
        </Anchor>
        <Text>{integration?.name ?? '…'}</Text>
      </Breadcrumbs>
      <Title order={1} size="h2">
        Records
      </Title>
      <RecordsToolbar
        view={view}
        onView={fromTheStart(setView)}
        streams={streamNames(integration?.config)}
        stream={stream}
        onStream={fromTheStart(setStream)}
        search={search}
        onSearch={fromTheStart(setSearch)}
      />
      {error !== null && (
        <Alert color="red" title="The records could not be read">
          {explain(error)}
        </Alert>
      )}
      {showsChanges && <LastRunSummary lastSync={lastSync} />}
      <RecordsTable
        records={isReady ? records.data?.records : undefined}
        isChanging={records.isPlaceholderData || !isReady}
        nothing={nothingIn(view, keyPrefix)}
        onOpen={setOpen}
      />
      <Pager
        noun="records"
        words={{ first: 'First', back: 'Back', next: 'Next' }}
        page={page}
        pageSize={PAGE_SIZE}
        rows={records.data?.records.length ?? 0}
        total={null}
        onFirst={onFirst}
        onBack={onBack}
        onNext={next === null ? null : () => onNext(next)}
      />
      <RecordDrawer record={open} onClose={() => setOpen(null)} />
    </Stack>
  );
}

function nothingIn(view: View, keyPrefix: string): string {
  if (view === 'changes') return 'The last run changed nothing.';
  if (keyPrefix !== '') return `No key begins with “${keyPrefix}”.`;
  return 'No records yet. They come with the first sync.';
}
