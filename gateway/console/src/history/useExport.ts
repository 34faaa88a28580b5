import { useMutation } from '@tanstack/react-query';
import type { SyncLog, SyncStatus } from '../api/types';
import { notifyDone, notifyFailed } from '../app/notify';
import { counted } from '../time/words';
import { historyCsv } from './csv';
import { fetchHistory } from './useHistory';

const PAGE_SIZE = 100; // the API's longest page
const MOST_ROWS = 10_000;

/** Saves an integration's history, with the filter that is shown, as a CSV file. */
export function useExport(integrationId: string, name: string, status: SyncStatus | null) {
  return useMutation({
    mutationFn: async () => {
      const { logs, isWhole } = await fetchAll(integrationId, status);
      save(historyCsv(logs), `${fileName(name)}-history.csv`);
      return { rows: logs.length, isWhole };
    },
    onSuccess: ({ rows, isWhole }) =>
      notifyDone(`Exported ${isWhole ? '' : 'the newest '}${counted(rows, 'run')}.`),
    onError: (error) => notifyFailed('The history was not exported', error),
  });
}

async function fetchAll(integrationId: string, status: SyncStatus | null) {
  const logs: SyncLog[] = [];
  let cursor: string | null = null;
  do {
    const page = { status, cursor, pageSize: PAGE_SIZE };
    const history: Awaited<ReturnType<typeof fetchHistory>> = await fetchHistory(
      integrationId,
      page,
    );
    logs.push(...history.logs);
    cursor = history.nextCursor;
  } while (cursor !== null && logs.length < MOST_ROWS);
  return { logs, isWhole: cursor === null };
}

function fileName(name: string): string {
  return name.replaceAll(/[^\p{L}\p{N}]+/gu, '-').replaceAll(/^-|-$/g, '') || 'integration';
}

function save(text: string, name: string): void {
  // The mark at the beginning tells spreadsheets that it is UTF-8.
  const url = URL.createObjectURL(new Blob(['\ufeff', text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
