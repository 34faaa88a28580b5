-- Claims as many runs as there are free slots, in one statement: PENDING ones whose time has come (manual first), then
-- integrations that are due, whose ticks leave the queue with the run. Integration rows are locked before live rows, both
-- with SKIP LOCKED; config, epoch and change number come from the locked integration, never from the snapshot. Its tick is
-- locked, too: a claim whose snapshot still shows one that another has taken passes it by. Inserts say ON CONFLICT DO
-- NOTHING, since a trigger may have made the row after this statement's snapshot; the tick stays then. A run that two executors
-- died of is left to claim_alone.sql; one that was lost or refused goes to another executor where there is one.
-- The n-th slot is for the run with number n. What it holds is taken out of its array, since rows that are joined are copied.
--   $1 uuid[]  executors                                   $2 uuid[]  a fence for each free slot
--   $3 text[]  the executors' names                        $4 int[]   the executor of each free slot, best first: its place in $1
--   $5 text[]  connector types that these executors run    $6 bigint  dispatch limit in ms
WITH clock AS MATERIALIZED (
  SELECT clock_timestamp() AS now
), waiting AS MATERIALIZED (
  SELECT i.id, i.epoch, i.type, i.config, i.config_version, i.change_no, i.timeout_seconds
  FROM syncline.live v JOIN syncline.integrations i ON i.id = v.integration_id
  WHERE v.fence IS NULL AND v.not_before <= (SELECT now FROM clock)
    AND i.deleted_at IS NULL AND i.type = ANY ($5::text[])
    AND (cardinality(v.lost_by) < 2 OR syncline.counted_losses(v.lost_by, v.lost_at, v.lost_alone, false) < 2)
  ORDER BY (v.trigger = 'MANUAL' OR v.manual_joined) DESC, v.not_before
  LIMIT cardinality($4::int[])
  FOR NO KEY UPDATE OF i SKIP LOCKED
), pending AS MATERIALIZED (
  SELECT w.*, v.integration_id, v.avoid, row_number() OVER (ORDER BY v.avoid IS NULL)::int AS n
  FROM waiting w CROSS JOIN LATERAL (
    SELECT v.integration_id, CASE WHEN v.wait_reason IN ('REFUSED', 'EXECUTOR_LOST') THEN v.process_id END AS avoid
    FROM syncline.live v
    WHERE v.integration_id = w.id AND v.state = 'PENDING' AND v.not_before <= (SELECT now FROM clock)
    FOR UPDATE OF v SKIP LOCKED) v
), slots AS MATERIALIZED (
  -- The runs that avoid an executor are the first, the executors that are avoided the last.
  SELECT CASE WHEN EXISTS (SELECT FROM pending WHERE avoid IS NOT NULL)
              THEN ARRAY(SELECT s.executor FROM unnest($4::int[]) WITH ORDINALITY AS s (executor, n)
                         ORDER BY ($1::uuid[])[s.executor] IN (SELECT avoid FROM pending WHERE avoid IS NOT NULL), s.n)
              ELSE $4::int[] END AS executors
), due AS MATERIALIZED (
  SELECT i.id, i.tenant_id, i.epoch, i.type, i.config, i.config_version, i.change_no, i.timeout_seconds, k.ctid AS tick
  FROM syncline.ticks k JOIN syncline.integrations i ON i.id = k.integration_id
  -- Said so that the planner goes through the queue in its order and stops, and does not read, join and sort all that is due: it
  -- takes a range with two ends for short, and looks into no CASE, of whose conditions it would expect next to no row.
  WHERE k.due_at >= '-infinity' AND k.due_at <= (SELECT now FROM clock)
    AND CASE WHEN i.next_sync_at = k.due_at AND i.sync_enabled AND i.deleted_at IS NULL AND i.blocked_reason IS NULL
                  AND i.type = ANY ($5::text[])
                  -- Asked row by row: as a join, it is planned for as many live rows as there were when it was planned. To insert
                  -- without asking would wait for the page that a run is writing.
                  AND (SELECT true FROM syncline.live v WHERE v.integration_id = i.id) IS NULL
             THEN true END
  ORDER BY k.due_at
  LIMIT cardinality($4::int[]) - (SELECT count(*) FROM pending)
  FOR UPDATE OF k SKIP LOCKED FOR NO KEY UPDATE OF i SKIP LOCKED
), numbered AS (
  SELECT due.*, ((SELECT count(*) FROM pending) + row_number() OVER ())::int AS n FROM due
), fresh AS MATERIALIZED (
  -- The ids of a claim have one time and one random part, and end with the number in four digits, which is enough for 61,439
  -- slots: made one by one they took a tenth of it.
  SELECT d.id, d.tick, d.n, ((SELECT executors FROM slots))[d.n] AS executor,
         ((SELECT left(syncline.uuid_v7()::text, 32)) || to_hex(4096 + d.n))::uuid AS log_id,
         d.tenant_id, d.epoch, d.change_no, d.config_version, d.timeout_seconds, d.type, d.config
  FROM numbered d
), started AS (
  INSERT INTO syncline.live AS v
    (integration_id, log_id, run_id, tenant_id, trigger, state, fence, epoch, change_no, config_version, timeout_ms,
     lease_expires_at, process_id, executor)
  SELECT id, log_id, log_id, tenant_id, 'SCHEDULE', 'CLAIMED', ($2::uuid[])[n], epoch + 1, change_no, config_version,
         timeout_seconds * 1000, clock_timestamp() + $6::bigint * interval '1 ms',
         ($1::uuid[])[executor], ($3::text[])[executor]
  FROM fresh
  ON CONFLICT (integration_id) DO NOTHING
  RETURNING v.integration_id, v.log_id
), taken AS (
  -- By its place: nobody changes a tick, and these are locked. IS TRUE keeps the two lists from being joined, pair by pair.
  DELETE FROM syncline.ticks k
  WHERE k.ctid = ANY (ARRAY(SELECT f.tick FROM fresh f WHERE (f.id IN (SELECT integration_id FROM started)) IS TRUE))
), resumed AS (
  UPDATE syncline.live v
  SET state = 'CLAIMED', fence = ($2::uuid[])[p.n], epoch = greatest(v.epoch, p.epoch) + 1,
      change_no = greatest(v.change_no, p.change_no), config_version = p.config_version,
      timeout_ms = p.timeout_seconds * 1000, lease_expires_at = clock_timestamp() + $6::bigint * interval '1 ms',
      process_id = ($1::uuid[])[p.executor], executor = ($3::text[])[p.executor], running_since = NULL, deadline_at = NULL,
      alone = false,
      waited_ms = v.waited_ms + coalesce((extract(epoch FROM clock_timestamp() - v.waited_since) * 1000)::bigint, 0),
      waited_since = NULL
  FROM (SELECT pending.*, ((SELECT executors FROM slots))[n] AS executor FROM pending) p
  WHERE v.integration_id = p.integration_id
  RETURNING p.n, p.executor AS slot, v.integration_id, v.log_id, v.run_id, v.tenant_id, v.attempt, v.trigger, v.epoch,
            v.page_seq, v.complete, greatest(v.timeout_ms - v.running_ms, 0) AS remaining_ms, p.type, p.config::text AS config
)
-- A tick that is there twice has two logs and one run.
SELECT f.n, f.executor, f.id AS integration_id, f.log_id, f.log_id AS run_id, f.tenant_id, 1 AS attempt,
       'SCHEDULE' AS trigger, f.epoch + 1 AS epoch, 0 AS page_seq, false AS complete, f.timeout_seconds * 1000 AS remaining_ms,
       f.type, f.config::text AS config
FROM fresh f WHERE (f.log_id IN (SELECT log_id FROM started)) IS TRUE
UNION ALL SELECT * FROM resumed
