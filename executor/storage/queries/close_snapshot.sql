-- Ends a complete pass over a snapshot stream: marks as deleted what the pass did not see, and moves the checkpoint to the
-- next pass. A page of its own, under the same fence. Where records may move between pages while they are read
-- (page and offset paging), one miss proves nothing: then the pass before must have missed them too, and neither pass
-- may have been resumed by another claim.
-- $1 integration, $2 fence, $3 pages committed before, $4 lease in ms, $5 stream, $6 hash of its definition,
-- $7 paging is stable, $8 last stream of the run
WITH pass AS MATERIALIZED (
  SELECT c.pass_id, c.pass_resumed, c.previous_pass_id,
         -- The last change before the pass: what was changed later, the pass has written and so seen. None (NULL) when
         -- the pass proves nothing; all when older binaries have noted it without.
         CASE WHEN $7::boolean OR (c.previous_pass_id IS NOT NULL AND NOT c.pass_resumed)
           THEN COALESCE((SELECT min(s.change_no) FROM syncline.snapshot_seen s
                          WHERE s.integration_id = c.integration_id AND s.stream = c.stream AND s.pass_id = c.pass_id),
                         9223372036854775807) END AS last_change
  FROM syncline.checkpoints c
  WHERE c.integration_id = $1::uuid AND c.stream = $5::text AND c.definition_hash = $6::text
),
gone AS MATERIALIZED (
  -- EXCEPT hashes or sorts whatever the planner believes. An anti-join on fresh tables' statistics became a nested loop
  -- over all records times all keys: seconds for 8,000 records.
  -- The places make change numbers as in write_page.sql.
  SELECT lost.key, row_number() OVER () - 1 AS place
  FROM (
    SELECT r.key FROM syncline.records r
    WHERE r.integration_id = $1::uuid AND r.stream = $5::text AND r.deleted_at IS NULL
      AND r.change_no <= (SELECT p.last_change FROM pass p)
    EXCEPT
    SELECT unnest(s.keys)
    FROM pass JOIN syncline.snapshot_seen s ON s.integration_id = $1::uuid AND s.stream = $5::text
      AND (s.pass_id = pass.pass_id OR (NOT $7::boolean AND s.pass_id = pass.previous_pass_id))
    -- After a first pass there is nothing older, and the keys need not be read.
    WHERE EXISTS (SELECT FROM syncline.records r
                  WHERE r.integration_id = $1::uuid AND r.stream = $5::text AND r.deleted_at IS NULL
                    AND r.change_no <= (SELECT p.last_change FROM pass p))) AS lost
),
outcome AS MATERIALIZED (SELECT count(*) AS deleted, (count(*) + 999) / 1000 AS change_numbers FROM gone),
held AS (
  UPDATE syncline.live v
  SET page_seq = v.page_seq + 1,
      change_no = v.change_no + o.change_numbers,
      deleted = v.deleted + o.deleted,
      complete = v.complete OR $8::boolean,
      lease_expires_at = clock_timestamp() + $4::bigint * interval '1 millisecond',
      -- A page with the fence accepts.
      state = 'RUNNING',
      started_at = COALESCE(v.started_at, clock_timestamp()),
      running_since = COALESCE(v.running_since, clock_timestamp()),
      deadline_at = COALESCE(v.deadline_at,
        clock_timestamp() + greatest(v.timeout_ms - v.running_ms, 0) * interval '1 millisecond'),
      dispatch_failures = 0
  FROM outcome o
  WHERE v.integration_id = $1::uuid AND v.fence = $2::uuid AND v.page_seq = $3::bigint
    AND v.state IN ('CLAIMED', 'RUNNING')
  RETURNING v.run_id, v.page_seq, v.change_no - o.change_numbers AS change_no_before, o.deleted
),
marked AS (
  -- By the row's place, found by key one at a time: the plain join is compared pair by pair as well.
  UPDATE syncline.records r
  SET deleted_at = clock_timestamp(), updated_at = clock_timestamp(),
      change_no = held.change_no_before + 1 + gone.place / 1000
  FROM held CROSS JOIN gone
  WHERE r.ctid = (SELECT x.ctid FROM syncline.records x
                  WHERE x.integration_id = $1::uuid AND x.stream = $5::text AND x.key = gone.key)
),
checkpoint_moved AS (
  UPDATE syncline.checkpoints c
  SET pass_id = gen_random_uuid(), pass_run_id = held.run_id, pass_resumed = false,
      previous_pass_id = CASE WHEN NOT $7::boolean AND NOT c.pass_resumed THEN c.pass_id END,
      done_run_id = held.run_id, updated_at = clock_timestamp()
  FROM held WHERE c.integration_id = $1::uuid AND c.stream = $5::text
),
seen_dropped AS (
  DELETE FROM syncline.snapshot_seen s USING held, pass
  WHERE s.integration_id = $1::uuid AND s.stream = $5::text
    AND ($7::boolean OR pass.pass_resumed OR s.pass_id <> pass.pass_id)
)
SELECT held.page_seq, 0 AS created, 0 AS updated, held.deleted FROM held
