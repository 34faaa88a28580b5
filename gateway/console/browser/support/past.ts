import type { Backend } from './api';

/** Gives an integration a past: a run each minute, of durations that vary, every fifth one failed. */
export async function addPast(backend: Backend, id: string, runs: number): Promise<void> {
  await backend.query(`
    INSERT INTO syncline.sync_history (log_id, created_at, run_id, integration_id, tenant_id, attempt,
      trigger, status, epoch, started_at, ended_at, duration_ms, fetched, created, updated, unchanged,
      deleted, rejected, pages, takeovers, rejected_reasons, error_class, error_message, http_status,
      executor)
    SELECT log, at, log, '${id}', '', 1, 'SCHEDULE',
      (CASE WHEN failed THEN 'FAILED' ELSE 'SUCCESS' END)::syncline.sync_status, n, at,
      at + length * interval '1 ms', length, 400 + n % 7, n % 3, n % 4, 400 + n % 7 - n % 3 - n % 4,
      0, 0, 3, 0, '{}', CASE WHEN failed THEN 'TRANSIENT' END,
      CASE WHEN failed THEN 'HTTP 503, "busy"' END, CASE WHEN failed THEN 503 END, 'executor-1'
    FROM (SELECT n, syncline.uuid_v7() AS log, n % 5 = 0 AS failed, 900 + n * 7919 % 1700 AS length,
            clock_timestamp() - (${runs} - n + 1) * interval '1 minute' AS at
          FROM generate_series(1, ${runs}) AS n) AS past`);
}
