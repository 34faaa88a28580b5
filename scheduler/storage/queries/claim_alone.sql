-- Claims one run that two executors died of, for an executor that holds nothing else and takes nothing else: what kills it
-- there is this run, so no other run is ever blamed. Locks as claim_runs does.
--   $1 uuid  the executor   $2 text  its name   $3 text[]  its connector types   $4 bigint  dispatch limit in ms
--   $5 uuid  its fence
WITH waiting AS MATERIALIZED (
  SELECT i.id, i.epoch, i.type, i.config, i.config_version, i.change_no, i.timeout_seconds
  FROM syncline.live v JOIN syncline.integrations i ON i.id = v.integration_id
  WHERE v.fence IS NULL AND cardinality(v.lost_by) >= 2 AND v.not_before <= clock_timestamp()
    AND syncline.counted_losses(v.lost_by, v.lost_at, v.lost_alone, false) >= 2
    AND syncline.counted_losses(v.lost_by, v.lost_at, v.lost_alone, true) < 2
    AND i.deleted_at IS NULL AND i.type = ANY ($3::text[])
  ORDER BY v.not_before
  LIMIT 1
  FOR NO KEY UPDATE OF i SKIP LOCKED
), pending AS MATERIALIZED (
  SELECT w.*, v.integration_id
  FROM (SELECT v.integration_id FROM waiting JOIN syncline.live v ON v.integration_id = waiting.id
        WHERE v.state = 'PENDING' AND v.not_before <= clock_timestamp()
        FOR UPDATE OF v SKIP LOCKED) v
  JOIN waiting w ON w.id = v.integration_id
), claimed AS (
  UPDATE syncline.live v
  SET state = 'CLAIMED', fence = $5::uuid, epoch = greatest(v.epoch, p.epoch) + 1,
      change_no = greatest(v.change_no, p.change_no), config_version = p.config_version, timeout_ms = p.timeout_seconds * 1000,
      lease_expires_at = clock_timestamp() + $4::bigint * interval '1 ms', process_id = $1::uuid, executor = $2::text,
      running_since = NULL, deadline_at = NULL, alone = true,
      waited_ms = v.waited_ms + coalesce((extract(epoch FROM clock_timestamp() - v.waited_since) * 1000)::bigint, 0),
      waited_since = NULL
  FROM pending p WHERE v.integration_id = p.integration_id
  RETURNING v.*
)
SELECT c.integration_id, c.log_id, c.run_id, c.tenant_id, c.attempt, c.trigger, c.epoch, c.page_seq, c.complete,
       greatest(c.timeout_ms - c.running_ms, 0) AS remaining_ms, p.type, p.config::text AS config
FROM claimed c JOIN pending p USING (integration_id)
