-- Gives runs back to the queue: parked (the remote asked to wait), returned (their executor drains), refused (not taken).
-- Counts and checkpoint stay, no retry is spent. Touches live rows only.
--   $1 uuid[] integration ids   $2 uuid[] fences   $3 text[] PARK, RETURN or REFUSE   $4 bigint[] park delay in ms
--   $5 text[] detail   $6 uuid[] processes that must hold them, null: any
WITH released AS MATERIALIZED (
  SELECT v.integration_id, e.kind, e.delay, e.detail
  FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::text[], $6::uuid[])
    AS e (integration_id, fence, kind, delay, detail, process_id)
  JOIN syncline.live v ON v.integration_id = e.integration_id AND v.fence = e.fence
    AND (e.process_id IS NULL OR v.process_id = e.process_id)
  ORDER BY v.integration_id FOR UPDATE OF v
)
UPDATE syncline.live v
SET state = 'PENDING', fence = NULL, lease_expires_at = NULL, deadline_at = NULL, running_since = NULL,
    running_ms = v.running_ms + coalesce((extract(epoch FROM clock_timestamp() - v.running_since) * 1000)::bigint, 0),
    not_before = clock_timestamp() + CASE r.kind
      WHEN 'PARK' THEN r.delay * interval '1 ms'
      WHEN 'REFUSE' THEN least(30, 1 << least(v.dispatch_failures, 5)) * interval '1 second'
      ELSE interval '0' END,
    wait_reason = CASE r.kind WHEN 'PARK' THEN 'RATE_LIMIT' WHEN 'RETURN' THEN 'DRAINED' ELSE 'REFUSED' END,
    wait_detail = r.detail,
    waited_since = CASE r.kind WHEN 'PARK' THEN coalesce(v.waited_since, clock_timestamp()) ELSE v.waited_since END,
    -- What is parked has sent a request, whether or not its acceptance was told.
    started_at = coalesce(v.started_at, CASE r.kind WHEN 'PARK' THEN clock_timestamp() END),
    -- What is parked or returned had been taken.
    dispatch_failures = CASE r.kind WHEN 'REFUSE' THEN v.dispatch_failures + 1 ELSE 0 END
FROM released r
WHERE v.integration_id = r.integration_id
  AND v.integration_id = ANY (ARRAY(SELECT x.integration_id FROM released x))   -- see finish_runs.sql
RETURNING r.integration_id
