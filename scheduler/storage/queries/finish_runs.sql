-- Ends a batch of runs: history row from the locked live row, retry or follow-up in place (never DELETE + INSERT of the same
-- key), the integration's summary and next sync, all in one statement. SUCCESS counts only when the live row says that the
-- reported pages are all committed and complete; otherwise the run goes back to PENDING (resume). A run that found
-- nothing left to write has no page that completes it: then its fence and the number of pages are enough, since nothing else
-- moves what is done. A run whose holder ends it before its acceptance was told began when it ended.
-- The next tick takes the place of the one that is in the queue, of which a run that its tick started has left none.
-- ticks_kept spares the trigger that would do the same row by row.
-- A failure is applied only when what its retry decision was made from still holds (else: redecide). A run that nobody holds (it waited too long, or kills its
-- executors) is ended without a fence, by its log, and only while it is PENDING. The events go along with the locked
-- integrations: two such lists that are joined are compared pair by pair, since the planner takes a list for short.
--   $1 uuid[] integration ids   $2 uuid[] fences, null: nobody holds it   $3 uuid[] log ids
--   $4 uuid[] processes that must hold them, null: any
--   $5 text[] SUCCESS or FAILED   $6 bigint[] page_seq (SUCCESS)   $7 boolean[] nothing left (SUCCESS)
--   $8 text[] error class   $9 text[] error message   $10 int[] HTTP status   $11 bigint[] retry delay in ms, null: no retry
--   $12 text[] why to disable, null: do not   $13 text[] why to block, null: do not   $14 int[] failures to count
--   $15 bigint[] settings_version that was decided on   $16 text[] detail of the wait for the retry
-- Failures come first, and the arrays $8 to $16 end with them.
WITH ev AS (
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::bigint[], $7::boolean[], $8::text[],
                       $9::text[], $10::int[], $11::bigint[], $12::text[], $13::text[], $14::int[], $15::bigint[],
                       $16::text[])
    AS e (id, fence, log_id, process_id, result, result_page_seq, nothing_left, error_class, error_message, http_status,
          retry_delay, disable, block, failures, decided_on, retry_detail)
), i AS MATERIALIZED (
  SELECT ev.*, g.settings_version, g.sync_enabled, g.blocked_reason, g.grid_anchor, g.sync_interval, g.next_sync_at
  FROM ev JOIN syncline.integrations g ON g.id = ev.id
  ORDER BY g.id FOR NO KEY UPDATE OF g
), l AS MATERIALIZED (
  SELECT v.*, i.result, i.error_class, i.error_message, i.http_status, i.retry_delay, i.disable, i.block,
         i.failures, i.retry_detail, clock_timestamp() AS ended_at,
         i.next_sync_at AS tick, i.sync_enabled AND i.disable IS NULL AS enabled, i.grid_anchor, i.sync_interval,
         i.blocked_reason IS NOT NULL OR i.block IS NOT NULL AS blocked,
         i.result = 'SUCCESS' AND NOT ((v.complete OR i.nothing_left) AND v.page_seq = i.result_page_seq) AS resume,
         i.result = 'FAILED' AND i.settings_version <> i.decided_on AS redecide,
         v.running_ms + coalesce((extract(epoch FROM clock_timestamp() - v.running_since) * 1000)::bigint, 0) AS ran_ms
  -- Row by row and in the order of i: as a join it is planned for as many live rows as there were when it was planned. Below,
  -- lists of ids lead to the rows for the same reason.
  FROM i CROSS JOIN LATERAL (
    SELECT w.* FROM syncline.live w
    WHERE w.integration_id = i.id
      AND (w.fence = i.fence OR (i.fence IS NULL AND w.log_id = i.log_id AND w.state = 'PENDING'))
      AND (i.process_id IS NULL OR w.process_id = i.process_id)
    FOR UPDATE OF w) v
), ending AS MATERIALIZED (
  SELECT l.*, CASE WHEN l.retry_delay IS NOT NULL THEN syncline.uuid_v7() ELSE l.follow_up_id END AS next_id,
         coalesce(l.started_at, CASE WHEN l.fence IS NOT NULL THEN l.ended_at END) AS began_at,
         l.trigger = 'SCHEDULE' AND l.tick <= l.created_at AS took_tick,
         CASE WHEN l.enabled THEN syncline.next_tick(l.grid_anchor, l.sync_interval, l.ended_at) END AS next_tick
  FROM l WHERE NOT l.resume AND NOT l.redecide
), history AS (
  INSERT INTO syncline.sync_history
    (log_id, created_at, run_id, integration_id, tenant_id, attempt, trigger, status, epoch, closing_fence, started_at,
     ended_at, duration_ms, fetched, created, updated, unchanged, deleted, rejected, pages, takeovers,
     rejected_reasons, error_class, error_message, http_status, executor)
  SELECT log_id, created_at, run_id, integration_id, tenant_id, attempt, trigger,
         CASE result WHEN 'SUCCESS' THEN 'SUCCESS'::syncline.sync_status ELSE 'FAILED' END, epoch,
         fence, began_at, ended_at, ran_ms, fetched, created, updated, unchanged, deleted, rejected, pages, takeovers,
         rejected_reasons, error_class, error_message, nullif(http_status, 0), executor
  FROM ending
), next_attempt AS (
  UPDATE syncline.live v
  SET log_id = e.next_id,
      run_id = CASE WHEN e.retry_delay IS NULL THEN e.next_id ELSE v.run_id END,
      attempt = CASE WHEN e.retry_delay IS NULL THEN 1 ELSE v.attempt + 1 END,
      trigger = CASE WHEN e.retry_delay IS NULL THEN 'MANUAL' ELSE 'RETRY' END,
      manual_joined = v.manual_joined AND e.retry_delay IS NOT NULL,
      state = 'PENDING', fence = NULL, page_seq = 0, complete = v.complete AND e.retry_delay IS NOT NULL,
      created_at = CASE WHEN e.retry_delay IS NULL THEN v.follow_up_at ELSE e.ended_at END,
      started_at = NULL, running_since = NULL, running_ms = 0,
      not_before = e.ended_at + coalesce(e.retry_delay, 0) * interval '1 ms',
      wait_reason = CASE WHEN e.retry_delay IS NULL THEN 'SLOT' ELSE 'BACKOFF' END,
      wait_detail = coalesce(e.retry_detail, ''), waited_since = NULL,
      waited_ms = CASE WHEN e.retry_delay IS NULL THEN 0 ELSE v.waited_ms END,
      backoff_class = CASE WHEN e.retry_delay IS NOT NULL THEN e.error_class END,
      lease_expires_at = NULL, deadline_at = NULL, executor = '',
      fetched = 0, created = 0, updated = 0, unchanged = 0, deleted = 0, rejected = 0, pages = 0, takeovers = 0,
      rejected_reasons = '{}', dispatch_failures = 0, lost_by = '{}', lost_at = '{}', lost_alone = '{}', alone = false,
      retries_spent = CASE WHEN e.retry_delay IS NULL THEN 0
                           ELSE v.retries_spent + (e.error_class IN ('TRANSIENT', 'TIMEOUT'))::int END,
      internal_retries = CASE WHEN e.retry_delay IS NULL THEN 0
                              ELSE v.internal_retries + (e.error_class = 'INTERNAL')::int END,
      auth_retries = CASE WHEN e.retry_delay IS NULL THEN 0 ELSE v.auth_retries + (e.error_class = 'AUTH')::int END,
      follow_up_id = CASE WHEN e.retry_delay IS NOT NULL THEN v.follow_up_id END,
      follow_up_at = CASE WHEN e.retry_delay IS NOT NULL THEN v.follow_up_at END
  FROM ending e WHERE v.integration_id = e.integration_id AND e.next_id IS NOT NULL
    AND v.integration_id = ANY (ARRAY(SELECT n.integration_id FROM ending n WHERE n.next_id IS NOT NULL))
), ended AS (
  DELETE FROM syncline.live v
  WHERE v.integration_id = ANY (ARRAY(SELECT e.integration_id FROM ending e WHERE e.next_id IS NULL))
), resumed AS (
  UPDATE syncline.live v
  SET state = 'PENDING', fence = NULL, not_before = clock_timestamp(), wait_reason = 'SLOT', wait_detail = '',
      running_ms = l.ran_ms, running_since = NULL, lease_expires_at = NULL, deadline_at = NULL
  FROM l WHERE l.resume AND v.integration_id = l.integration_id
    AND v.integration_id = ANY (ARRAY(SELECT r.integration_id FROM l r WHERE r.resume))
), summary AS (
  UPDATE syncline.integrations t
  SET change_no = greatest(t.change_no, e.change_no),
      status = CASE e.result WHEN 'SUCCESS' THEN 'HEALTHY'
                             ELSE CASE e.error_class WHEN 'CANCELLED' THEN t.status ELSE 'FAILING' END END,
      retry_count = CASE e.result WHEN 'SUCCESS' THEN 0 ELSE t.retry_count + e.failures END,
      sync_enabled = t.sync_enabled AND e.disable IS NULL,
      version = t.version + (t.sync_enabled AND e.disable IS NOT NULL)::int,   -- a setting changed: no edit may overlook it
      disabled_reason = CASE WHEN t.sync_enabled THEN e.disable ELSE t.disabled_reason END,
      blocked_reason = coalesce(e.block, t.blocked_reason),
      -- next_tick again, from this row: where it changed while its lock was waited for, the CHECK is asked with what it was
      -- before PostgreSQL looks at what it is, and must find the two in keeping.
      next_sync_at = CASE WHEN t.sync_enabled AND e.disable IS NULL
                          THEN syncline.next_tick(t.grid_anchor, t.sync_interval, e.ended_at) END,
      ticks_kept = t.ticks_kept + 1, epoch = greatest(t.epoch, e.epoch),
      last_log_id = e.log_id, last_run_id = e.run_id,
      last_status = CASE e.result WHEN 'SUCCESS' THEN 'SUCCESS'::syncline.sync_status ELSE 'FAILED' END,
      last_started_at = e.began_at, last_ended_at = e.ended_at, last_duration_ms = e.ran_ms,
      last_counts = ARRAY[e.fetched, e.created, e.updated, e.unchanged, e.deleted, e.rejected, e.pages, e.takeovers],
      last_error_class = e.error_class, last_error = e.error_message,
      last_success_at = CASE e.result WHEN 'SUCCESS' THEN e.ended_at ELSE t.last_success_at END,
      last_failure_at = CASE e.result WHEN 'FAILED' THEN e.ended_at ELSE t.last_failure_at END
  FROM ending e WHERE t.id = e.integration_id
), tick_gone AS (
  DELETE FROM syncline.ticks k USING ending e
  WHERE k.due_at = e.tick AND k.integration_id = e.integration_id AND NOT e.took_tick
), tick_kept AS (
  INSERT INTO syncline.ticks
  SELECT e.next_tick, e.integration_id FROM ending e WHERE e.next_tick IS NOT NULL AND NOT e.blocked
)
SELECT fence, log_id, resume, redecide, ran_ms FROM l
