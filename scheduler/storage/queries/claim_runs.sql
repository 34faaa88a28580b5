-- Claims as many runs as there are free slots, in one statement: PENDING ones whose time has come (manual first), then
-- integrations that are due, whose ticks leave the queue with the run. Integration rows are locked before live rows, both
-- with SKIP LOCKED; config, epoch and change number come from the locked integration, never from the snapshot. Its tick is
-- locked, too: a claim whose snapshot still shows one that another has taken passes it by. Inserts say ON CONFLICT DO
-- NOTHING, since a trigger may have made the row after this statement's snapshot; the tick stays then. A run that two executors
-- died of is left to claim_alone.sql; one that was lost or refused goes to another executor where there is one.
--   $1 uuid[]  the executor of each free slot, best first   $2 text[]  its name
--   $3 text[]  connector types that these executors run     $4 bigint  dispatch limit in ms
WITH clock AS MATERIALIZED (
  SELECT clock_timestamp() AS now
), waiting AS MATERIALIZED (
  SELECT i.id, i.epoch, i.type, i.config, i.config_version, i.change_no, i.timeout_seconds
  FROM syncline.live v JOIN syncline.integrations i ON i.id = v.integration_id
  WHERE v.fence IS NULL AND v.not_before <= (SELECT now FROM clock)
    AND i.deleted_at IS NULL AND i.type = ANY ($3::text[])
    AND (cardinality(v.lost_by) < 2 OR syncline.counted_losses(v.lost_by, v.lost_at, v.lost_alone, false) < 2)
  ORDER BY (v.trigger = 'MANUAL' OR v.manual_joined) DESC, v.not_before
  LIMIT cardinality($1::uuid[])
  FOR NO KEY UPDATE OF i SKIP LOCKED
), pending AS MATERIALIZED (
  SELECT w.*, v.integration_id, v.avoid, row_number() OVER (ORDER BY v.avoid IS NULL) AS n
  FROM waiting w CROSS JOIN LATERAL (
    SELECT v.integration_id, CASE WHEN v.wait_reason IN ('REFUSED', 'EXECUTOR_LOST') THEN v.process_id END AS avoid
    FROM syncline.live v
    WHERE v.integration_id = w.id AND v.state = 'PENDING' AND v.not_before <= (SELECT now FROM clock)
    FOR UPDATE OF v SKIP LOCKED) v
), slot AS MATERIALIZED (
  -- The runs that avoid an executor are the first, the executors that are avoided the last.
  SELECT s.process_id, s.name,
         row_number() OVER (ORDER BY s.process_id IN (SELECT avoid FROM pending WHERE avoid IS NOT NULL), s.n) AS n
  FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS s (process_id, name, n)
), due AS MATERIALIZED (
  SELECT i.id, i.tenant_id, i.epoch, i.type, i.config, i.config_version, i.change_no, i.timeout_seconds, k.ctid AS tick
  FROM syncline.ticks k JOIN syncline.integrations i ON i.id = k.integration_id
  WHERE k.due_at <= (SELECT now FROM clock) AND i.next_sync_at = k.due_at
    AND i.sync_enabled AND i.deleted_at IS NULL AND i.blocked_reason IS NULL AND i.type = ANY ($3::text[])
    -- Asked row by row: as a join, it is planned for as many live rows as there were when it was planned. To insert without asking
    -- would wait for the page that a run is writing.
    AND (SELECT true FROM syncline.live v WHERE v.integration_id = i.id) IS NULL
  ORDER BY k.due_at
  LIMIT cardinality($1::uuid[]) - (SELECT count(*) FROM pending)
  FOR UPDATE OF k SKIP LOCKED FOR NO KEY UPDATE OF i SKIP LOCKED
), fresh AS MATERIALIZED (
  SELECT due.*, syncline.uuid_v7() AS log_id, (SELECT count(*) FROM pending) + row_number() OVER () AS n FROM due
), started AS (
  INSERT INTO syncline.live AS v
    (integration_id, log_id, run_id, tenant_id, trigger, state, fence, epoch, change_no, config_version, timeout_ms,
     lease_expires_at, process_id, executor)
  SELECT fresh.id, fresh.log_id, fresh.log_id, fresh.tenant_id, 'SCHEDULE', 'CLAIMED', gen_random_uuid(),
         fresh.epoch + 1, fresh.change_no, fresh.config_version, fresh.timeout_seconds * 1000,
         clock_timestamp() + $4::bigint * interval '1 ms', slot.process_id, slot.name
  FROM fresh JOIN slot USING (n)
  ON CONFLICT (integration_id) DO NOTHING
  RETURNING v.integration_id, v.log_id, v.run_id, v.tenant_id, v.attempt, v.trigger, v.fence, v.epoch, v.process_id, v.alone,
            v.page_seq, v.complete, v.timeout_ms, v.running_ms
), taken AS (
  -- By its place: nobody changes a tick, and these are locked. IS TRUE keeps the two lists from being joined, pair by pair.
  DELETE FROM syncline.ticks k
  WHERE k.ctid = ANY (ARRAY(SELECT due.tick FROM due WHERE (due.id IN (SELECT integration_id FROM started)) IS TRUE))
), resumed AS (
  UPDATE syncline.live v
  SET state = 'CLAIMED', fence = gen_random_uuid(), epoch = greatest(v.epoch, pending.epoch) + 1,
      change_no = greatest(v.change_no, pending.change_no), config_version = pending.config_version,
      timeout_ms = pending.timeout_seconds * 1000, lease_expires_at = clock_timestamp() + $4::bigint * interval '1 ms',
      process_id = slot.process_id, executor = slot.name, running_since = NULL, deadline_at = NULL, alone = false,
      waited_ms = v.waited_ms + coalesce((extract(epoch FROM clock_timestamp() - v.waited_since) * 1000)::bigint, 0),
      waited_since = NULL
  FROM pending JOIN slot USING (n)
  WHERE v.integration_id = pending.integration_id
  RETURNING v.integration_id, v.log_id, v.run_id, v.tenant_id, v.attempt, v.trigger, v.fence, v.epoch, v.process_id, v.alone,
            v.page_seq, v.complete, v.timeout_ms, v.running_ms
), claimed AS (
  -- A tick that is there twice has two logs and one run.
  SELECT started.log_id AS key, * FROM started UNION ALL SELECT resumed.integration_id, * FROM resumed
)
SELECT c.integration_id, c.log_id, c.run_id, c.tenant_id, c.attempt, c.trigger, c.fence, c.epoch, c.process_id, c.alone,
       c.page_seq, c.complete,
       greatest(c.timeout_ms - c.running_ms, 0) AS remaining_ms, x.type, x.config::text AS config
FROM claimed c
JOIN (SELECT log_id AS key, type, config FROM fresh UNION ALL SELECT id, type, config FROM waiting) x USING (key)
