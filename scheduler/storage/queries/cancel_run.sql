-- Closes what is active of a locked integration as CANCELLED, whoever holds it: everything when it is deleted; when it is
-- disabled, a run that waits or is on its way and that nobody asked for by hand; or one run by its id, whatever attempt it
-- is at, be it only reserved. A follow-up of the closed run begins in its place, and a tick that
-- passed meanwhile does not start at once: the next one takes its place in the queue, as in finish_runs.sql. Returns what it closed.
--   $1 uuid integration, locked by the statement before   $2 text message   $3 text DELETE, DISABLE or RUN
--   $4 uuid the run, for RUN
WITH l AS MATERIALIZED (
  SELECT v.*, clock_timestamp() AS ended_at,
         v.running_ms + coalesce((extract(epoch FROM clock_timestamp() - v.running_since) * 1000)::bigint, 0) AS ran_ms,
         CASE $3::text WHEN 'DELETE' THEN true WHEN 'RUN' THEN v.run_id = $4::uuid
           ELSE v.state <> 'RUNNING' AND v.trigger <> 'MANUAL' AND NOT v.manual_joined END AS ends,
         v.follow_up_id IS NOT NULL
           AND CASE $3::text WHEN 'DELETE' THEN true WHEN 'RUN' THEN v.follow_up_id = $4::uuid ELSE false END
           AS reservation_ends
  FROM syncline.live v WHERE v.integration_id = $1::uuid FOR UPDATE
), tick AS MATERIALIZED (
  SELECT t.id, t.next_sync_at AS was, t.deleted_at IS NULL AND t.blocked_reason IS NULL AS starts,
         CASE WHEN t.sync_enabled THEN syncline.next_tick(t.grid_anchor, t.sync_interval, l.ended_at) END AS next
  FROM l JOIN syncline.integrations t ON t.id = l.integration_id WHERE l.ends
), tick_gone AS (
  DELETE FROM syncline.ticks k USING tick WHERE k.due_at = tick.was AND k.integration_id = tick.id
), tick_kept AS (
  INSERT INTO syncline.ticks SELECT next, id FROM tick WHERE next IS NOT NULL AND starts
), history AS (
  INSERT INTO syncline.sync_history
    (log_id, created_at, run_id, integration_id, tenant_id, attempt, trigger, status, epoch, closing_fence, started_at,
     ended_at, duration_ms, fetched, created, updated, unchanged, deleted, rejected, pages, takeovers,
     rejected_reasons, error_class, error_message, executor)
  SELECT log_id, created_at, run_id, integration_id, tenant_id, attempt, trigger, 'FAILED'::syncline.sync_status, epoch,
         fence, started_at, ended_at, ran_ms, fetched, created, updated, unchanged, deleted, rejected, pages, takeovers,
         rejected_reasons, 'CANCELLED', $2::text, executor
  FROM l WHERE ends
  UNION ALL
  SELECT follow_up_id, follow_up_at, follow_up_id, integration_id, tenant_id, 1, 'MANUAL', 'FAILED', 0, NULL, NULL,
         ended_at, 0, 0, 0, 0, 0, 0, 0, 0, 0, '{}', 'CANCELLED', $2::text, ''
  FROM l WHERE reservation_ends
), gone AS (
  DELETE FROM syncline.live v USING l
  WHERE v.integration_id = l.integration_id AND l.ends AND (l.follow_up_id IS NULL OR l.reservation_ends)
), follow_up_begun AS (
  UPDATE syncline.live v
  SET log_id = l.follow_up_id, run_id = l.follow_up_id, attempt = 1, trigger = 'MANUAL', manual_joined = false,
      state = 'PENDING', fence = NULL, page_seq = 0, complete = false, created_at = l.follow_up_at, started_at = NULL,
      running_since = NULL, running_ms = 0, not_before = l.ended_at, wait_reason = 'SLOT', wait_detail = '',
      waited_since = NULL, waited_ms = 0, backoff_class = NULL, lease_expires_at = NULL, deadline_at = NULL,
      executor = '', fetched = 0, created = 0, updated = 0, unchanged = 0, deleted = 0, rejected = 0, pages = 0,
      takeovers = 0, rejected_reasons = '{}', dispatch_failures = 0, lost_by = '{}', lost_at = '{}', lost_alone = '{}',
      alone = false, retries_spent = 0, internal_retries = 0, auth_retries = 0, follow_up_id = NULL, follow_up_at = NULL
  FROM l
  WHERE v.integration_id = l.integration_id AND l.ends AND l.follow_up_id IS NOT NULL AND NOT l.reservation_ends
), reservation_gone AS (
  UPDATE syncline.live v SET follow_up_id = NULL, follow_up_at = NULL
  FROM l WHERE v.integration_id = l.integration_id AND l.reservation_ends AND NOT l.ends
), summary AS (
  UPDATE syncline.integrations t
  SET change_no = greatest(t.change_no, l.change_no), epoch = greatest(t.epoch, l.epoch), last_log_id = l.log_id, last_run_id = l.run_id,
      next_sync_at = tick.next, ticks_kept = t.ticks_kept + 1,
      last_status = 'FAILED', last_started_at = l.started_at, last_ended_at = l.ended_at, last_duration_ms = l.ran_ms,
      last_counts = ARRAY[l.fetched, l.created, l.updated, l.unchanged, l.deleted, l.rejected, l.pages, l.takeovers],
      last_error_class = 'CANCELLED', last_error = $2::text, last_failure_at = l.ended_at
  FROM l JOIN tick ON tick.id = l.integration_id WHERE t.id = l.integration_id AND l.ends
)
SELECT CASE WHEN ends THEN log_id ELSE follow_up_id END AS log_id, CASE WHEN ends THEN fence END AS fence
FROM l WHERE ends OR reservation_ends
