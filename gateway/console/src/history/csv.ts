import type { SyncLog } from '../api/types';

const COLUMNS: [string, (log: SyncLog) => string | number | null][] = [
  ['id', (log) => log.id],
  ['runId', (log) => log.runId],
  ['status', (log) => log.status],
  ['trigger', (log) => log.trigger],
  ['attempt', (log) => log.attempt],
  ['createdAt', (log) => log.createdAt],
  ['startedAt', (log) => log.startedAt],
  ['completedAt', (log) => log.completedAt],
  ['durationMs', (log) => log.duration],
  ['fetched', (log) => log.counts.fetched],
  ['created', (log) => log.counts.created],
  ['updated', (log) => log.counts.updated],
  ['unchanged', (log) => log.counts.unchanged],
  ['deleted', (log) => log.counts.deleted],
  ['rejected', (log) => log.counts.rejected],
  ['pages', (log) => log.counts.pages],
  ['takeovers', (log) => log.counts.takeovers],
  ['errorClass', (log) => log.errorClass],
  ['errorMessage', (log) => log.errorMessage],
  ['httpStatus', (log) => log.httpStatus],
  ['executor', (log) => log.executor],
];

/**
 * Runs as CSV (RFC 4180). A text that a spreadsheet would run as a formula gets an apostrophe in
 * front, for error messages may quote what a third party sent.
 */
export function historyCsv(logs: readonly SyncLog[]): string {
  const rows = logs.map((log) => COLUMNS.map(([, valueOf]) => cell(valueOf(log))));
  const header = COLUMNS.map(([name]) => name);
  return [header, ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}

function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
