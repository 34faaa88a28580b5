-- Ends a batch of runs: history row from the locked live row, retry or follow-up in place (never DELETE + INSERT of the same
-- key), the integration's summary and next sync, all in one statement. SUCCESS counts only when the live row says that the
-- reported pages are all committed and complete; otherwise the run goes back to PENDING (resume). A run that found
-- nothing left to write has no page that completes it: then its fence and the number of pages are enough, since nothing else
-- moves what is done. A run whose holder ends it before its acceptance was told began when it ended.
-- The next tick takes the place of the one that is in the queue, of which a run that its tick started has left none.
-- ticks_kept spares the trigger that would do the same row by row.
-- A failure is applied only when what its retry decision was made from still holds (else: redecide). A run that nobody holds
-- (it waited too long, or kills its executors) is ended without a fence, by its log, and only while it is PENDING.
-- Rows that are handed from one part to the next are copied whole each time: what every event says is taken out of its array
-- where it is needed, by the event's number n; what only failures say is mostly null, which costs a row nothing.
--   $1 uuid[] integration ids   $2 uuid[] fences, null: nobody holds it   $3 uuid[] log ids
--   $4 uuid[] processes that must hold them, null: any
--   $5 int how many of the events, the first ones, are failures; the others are successes
--   $6 bigint[] page_seq (SUCCESS)   $7 boolean[] nothing left (SUCCESS)
-- of failures only:
--   $8 text[] error class   $9 text[] error message   $10 int[] HTTP status   $11 bigint[] retry delay in ms, null: no retry
--   $12 text[] why to disable, null: do not   $13 text[] why to block, null: do not   $14 int[] failures to count
--   $15 bigint[] settings_version that was decided on   $16 text[] detail of the wait for the retry
WITH i AS MATERIALIZED (
  SELECT g.id, e.n::int AS n, g.settings_version, g.sync_enabled, g.blocked_reason IS NOT NULL AS blocked, g.grid_anchor,
         g.sync_interval, g.next_sync_at, e.error_class, e.error_message, e.http_status, e.retry_delay, e.disable, e.block,
         e.failures, e.decided_on, e.retry_detail
  FROM unnest($1::uuid[], $8::text[], $9::text[], $10::int[], $11::bigint[], $12::text[], $13::text[], $14::int[],
              $15::bigint[], $16::text[]) WITH ORDINALITY
         AS e (id, error_class, error_message, http_status, retry_delay, disable, block, failures, decided_on, retry_detail, n)
  JOIN syncline.integrations g ON g.id = e.id
  ORDER BY g.id FOR NO KEY UPDATE OF g
), l AS MATERIALIZED (
  -- What most parts ask for comes first.
  SELECT v.integration_id, i.n, i.n > $5::int AS success,
         i.n > $5::int AND NOT ((v.complete OR ($7::boolean[])[i.n]) AND v.page_seq = ($6::bigint[])[i.n]) AS resume,
         i.n <= $5::int AND i.settings_version <> i.decided_on AS redecide,
         CASE WHEN i.retry_delay IS NOT NULL THEN syncline.uuid_v7() ELSE v.follow_up_id END AS next_id,
         i.next_sync_at AS tick, i.sync_enabled AND i.disable IS NULL AS enabled,
         i.blocked OR i.block IS NOT NULL AS blocked, i.grid_anchor, i.sync_interval,
         v.log_id, v.run_id, v.fence, v.trigger, v.created_at, v.started_at, clock_timestamp() AS ended_at,
         v.running_ms + coalesce((extract(epoch FROM clock_timestamp() - v.running_since) * 1000)::bigint, 0) AS ran_ms,
         v.tenant_id, v.attempt, v.epoch, v.change_no, v.fetched, v.created, v.updated, v.unchanged, v.deleted, v.rejected,
         v.pages, v.takeovers, v.rejected_reasons, v.executor, i.error_class, i.error_message, i.http_status, i.retry_delay,
         i.disable, i.block, i.failures, i.retry_detail
  -- Row by row and in the order of i: as a join it is planned for as many live rows as there were when it was planned. Below,
  -- lists of ids lead to the rows for the same reason.
  FROM i CROSS JOIN LATERAL (
    SELECT w.integration_id, w.log_id, w.run_id, w.fence, w.trigger, w.complete, w.page_seq, w.follow_up_id, w.created_at,
           w.started_at, w.running_ms, w.running_since, w.tenant_id, w.attempt, w.epoch, w.change_no, w.fetched, w.created,
           w.updated, w.unchanged, w.deleted, w.rejected, w.pages, w.takeovers, w.rejected_reasons, w.executor
    FROM syncline.live w
    WHERE w.integration_id = i.id
      AND (w.fence = ($2::uuid[])[i.n]
           OR (($2::uuid[])[i.n] IS NULL AND w.log_id = ($3::uuid[])[i.n] AND w.state = 'PENDING'))
      AND (($4::uuid[])[i.n] IS NULL OR w.process_id = ($4::uuid[])[i.n])
    FOR UPDATE OF w) v
), ending AS NOT MATERIALIZED (
  SELECT l.*, coalesce(l.started_at, CASE WHEN l.fence IS NOT NULL THEN l.ended_at END) AS began_at,
         l.trigger = 'SCHEDULE' AND l.tick <= l.created_at AS took_tick
  FROM l WHERE NOT l.resume AND NOT l.redecide
), history AS (
  INSERT INTO syncline.sync_history
    (log_id, created_at, run_id, integration_id, tenant_id, attempt, trigger, status, epoch, closing_fence, started_at,
     ended_at, duration_ms, fetched, created, updated, unchanged, deleted, rejected, pages, takeovers,
     rejected_reasons, error_class, error_message, http_status, executor)
  SELECT log_id, created_at, run_id, integration_id, tenant_id, attempt, trigger,
         CASE WHEN success THEN 'SUCCESS'::syncline.sync_status ELSE 'FAILED' END, epoch,
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
      status = CASE WHEN e.success THEN 'HEALTHY' WHEN e.error_class = 'CANCELLED' THEN t.status ELSE 'FAILING' END,
      retry_count = CASE WHEN e.success THEN 0 ELSE t.retry_count + e.failures END,
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
      last_status = CASE WHEN e.success THEN 'SUCCESS'::syncline.sync_status ELSE 'FAILED' END,
      last_started_at = e.began_at, last_ended_at = e.ended_at, last_duration_ms = e.ran_ms,
      last_counts = ARRAY[e.fetched, e.created, e.updated, e.unchanged, e.deleted, e.rejected, e.pages, e.takeovers],
      last_error_class = e.error_class, last_error = e.error_message,
      last_success_at = CASE WHEN e.success THEN e.ended_at ELSE t.last_success_at END,
      last_failure_at = CASE WHEN e.success THEN t.last_failure_at ELSE e.ended_at END
  FROM ending e WHERE t.id = e.integration_id
), tick_gone AS (
  -- Row by row, too: joined, a queue that was empty when this was planned is read as a whole, with all that is dead in it.
  -- By its place: nobody changes a tick, and its integration is locked.
  DELETE FROM syncline.ticks k
  WHERE k.ctid = ANY (ARRAY(
    SELECT t.ctid FROM ending e CROSS JOIN LATERAL (
      SELECT x.ctid FROM syncline.ticks x WHERE x.due_at = e.tick AND x.integration_id = e.integration_id OFFSET 0) t
    WHERE NOT e.took_tick))
), tick_kept AS (
  INSERT INTO syncline.ticks
  SELECT syncline.next_tick(e.grid_anchor, e.sync_interval, e.ended_at), e.integration_id FROM ending e
  WHERE e.enabled AND e.sync_interval IS NOT NULL AND NOT e.blocked
)
SELECT n, resume, redecide, ran_ms FROM l
