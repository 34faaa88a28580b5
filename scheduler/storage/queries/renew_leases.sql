-- Accepts and heartbeats of a batch: CLAIMED becomes RUNNING, RUNNING goes on. Touches live rows only, and skips those that
-- are locked, since the page that holds the lock renews the lease itself.
--   $1 uuid[]  integration ids   $2 uuid[]  fences   $3 bigint  lease in ms
--   $4 uuid[]  processes that must hold them, null: any
WITH held AS MATERIALIZED (
  SELECT l.integration_id
  FROM unnest($1::uuid[], $2::uuid[], $4::uuid[]) AS e (integration_id, fence, process_id)
  CROSS JOIN LATERAL (
    SELECT v.integration_id FROM syncline.live v
    WHERE v.integration_id = e.integration_id AND v.fence = e.fence
      AND (e.process_id IS NULL OR v.process_id = e.process_id)
    FOR UPDATE OF v SKIP LOCKED) l
)
UPDATE syncline.live v
SET lease_expires_at = clock_timestamp() + $3::bigint * interval '1 ms',
    state = 'RUNNING',
    started_at = coalesce(v.started_at, clock_timestamp()),
    running_since = coalesce(v.running_since, clock_timestamp()),
    deadline_at = coalesce(v.deadline_at, clock_timestamp() + greatest(v.timeout_ms - v.running_ms, 0) * interval '1 ms'),
    dispatch_failures = 0
FROM held
WHERE v.integration_id = held.integration_id
  AND v.integration_id = ANY (ARRAY(SELECT h.integration_id FROM held h))   -- see finish_runs.sql
RETURNING v.fence
