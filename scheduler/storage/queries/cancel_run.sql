-- Closes the active run of a locked integration as CANCELLED: any run with its follow-up when the integration is deleted;
-- when it is disabled, only one that waits or is on its way, and that nobody asked for by hand.
--   $1 uuid integration, locked by the statement before   $2 text message   $3 boolean deleted
WITH l AS MATERIALIZED (
  SELECT v.*, clock_timestamp() AS ended_at,
         v.running_ms + coalesce((extract(epoch FROM clock_timestamp() - v.running_since) * 1000)::bigint, 0) AS ran_ms
  FROM syncline.live v
  WHERE v.integration_id = $1::uuid
    AND ($3::boolean OR (v.state <> 'RUNNING' AND v.trigger <> 'MANUAL' AND NOT v.manual_joined AND v.follow_up_id IS NULL))
  FOR UPDATE
), history AS (
  INSERT INTO syncline.sync_history
    (log_id, created_at, run_id, integration_id, tenant_id, attempt, trigger, status, epoch, closing_fence, started_at,
     ended_at, duration_ms, fetched, created, updated, unchanged, deleted, rejected, pages, takeovers,
     rejected_reasons, error_class, error_message, executor)
  SELECT log_id, created_at, run_id, integration_id, tenant_id, attempt, trigger, 'FAILED'::syncline.sync_status, epoch, fence, started_at,
         ended_at, ran_ms, fetched, created, updated, unchanged, deleted, rejected, pages, takeovers, rejected_reasons,
         'CANCELLED', $2::text, executor
  FROM l
  UNION ALL
  SELECT follow_up_id, follow_up_at, follow_up_id, integration_id, tenant_id, 1, 'MANUAL', 'FAILED', 0, NULL, NULL,
         ended_at, 0, 0, 0, 0, 0, 0, 0, 0, 0, '{}', 'CANCELLED', $2, ''
  FROM l WHERE follow_up_id IS NOT NULL
), gone AS (
  DELETE FROM syncline.live v USING l WHERE v.integration_id = l.integration_id
)
UPDATE syncline.integrations t
SET change_no = greatest(t.change_no, l.change_no), last_log_id = l.log_id, last_run_id = l.run_id,
    last_status = 'FAILED', last_started_at = l.started_at, last_ended_at = l.ended_at, last_duration_ms = l.ran_ms,
    last_counts = ARRAY[l.fetched, l.created, l.updated, l.unchanged, l.deleted, l.rejected, l.pages, l.takeovers],
    last_error_class = 'CANCELLED', last_error = $2, last_failure_at = l.ended_at
FROM l WHERE t.id = l.integration_id
