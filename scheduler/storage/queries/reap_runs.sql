-- Takes back what nobody holds any more: CLAIMED past the dispatch limit, RUNNING past the lease. One pass over the held
-- rows, with SKIP LOCKED (a locked row is being renewed), deciding on the locked row only. Nothing is taken in the first
-- lease after the database server's start: its outage was not a death of the executors. In the order of the index of what is
-- held, so that it is walked itself where the planner can be persuaded.
--   $1 bigint  lease in ms
WITH expired AS MATERIALIZED (
  SELECT v.integration_id FROM syncline.live v
  WHERE v.fence IS NOT NULL AND v.lease_expires_at < clock_timestamp()
    AND clock_timestamp() > pg_postmaster_start_time() + $1::bigint * interval '1 ms'
  ORDER BY v.process_id
  FOR UPDATE SKIP LOCKED
), before AS MATERIALIZED (
  SELECT v.integration_id, v.state, v.log_id, v.epoch, v.executor
  FROM expired JOIN syncline.live v USING (integration_id)
)
UPDATE syncline.live v
SET state = 'PENDING', fence = NULL, lease_expires_at = NULL, deadline_at = NULL, running_since = NULL,
    running_ms = v.running_ms + coalesce((extract(epoch FROM clock_timestamp() - v.running_since) * 1000)::bigint, 0),
    takeovers = v.takeovers + (v.state = 'RUNNING')::int,
    dispatch_failures = v.dispatch_failures + (v.state = 'CLAIMED')::int,
    lost_by = v.lost_by || v.process_id, lost_at = v.lost_at || clock_timestamp(), lost_alone = v.lost_alone || v.alone,
    wait_reason = CASE v.state WHEN 'RUNNING' THEN 'EXECUTOR_LOST' ELSE 'REFUSED' END,
    wait_detail = '',
    not_before = clock_timestamp() + CASE v.state WHEN 'RUNNING' THEN interval '0'
      ELSE least(30, 1 << least(v.dispatch_failures, 5)) * interval '1 second' END
FROM before
WHERE v.integration_id = before.integration_id
RETURNING v.integration_id, v.log_id, v.epoch, v.executor, before.state AS state_before
