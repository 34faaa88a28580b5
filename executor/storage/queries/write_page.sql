-- Commits one page: records, checkpoint, seen keys, counts and lease together, or nothing at all. Everything that writes
-- reads from `held`, the update of the live row under its fence; without that row no part of it has anything to do.
-- What is new or changed is found first, by key: an unchanged record is neither locked nor written. Each thousand of
-- records that are new, changed or gone takes a change number, since the feed sorts what has the same.
-- $1 integration, $2 fence, $3 pages committed before, $4 lease in ms,
-- $5 stream, $6 hash of its definition, $7 cursor, $8 the page begins a pass, $9 its pass was begun by another claim,
-- $10 snapshot stream, $11 last page of the stream, $12 last page of the run,
-- $13 keys, $14 hashes, $15 data of the page's records, without any that find_changed.sql found unchanged under this
-- fence, $16 all keys of the page, rejected ones too, when the stream is a snapshot, $17 fetched, $18 rejected, $19 first reasons of it,
-- $20 no key is looked for and none compared: of all it is thought that they are new,
-- $21 the page is all of its pass and makes its delete marks, as close_snapshot.sql would where paging is stable
WITH diff AS MATERIALIZED (
  SELECT page.key, page.hash, page.data, old.hash IS NULL AS is_new, row_number() OVER () - 1 AS place
  FROM unnest($13::text[], $14::bytea[], $15::text[]) AS page (key, hash, data)
  LEFT JOIN LATERAL (
    SELECT r.hash, r.deleted_at FROM syncline.records r
    WHERE r.integration_id = $1::uuid AND r.stream = $5::text AND r.key = page.key
    LIMIT 1) AS old ON true
  WHERE NOT $20::boolean AND (old.hash IS DISTINCT FROM page.hash OR old.deleted_at IS NOT NULL)
),
gone AS MATERIALIZED (
  SELECT lost.key, row_number() OVER () - 1 AS place
  FROM (
    SELECT r.key FROM syncline.records r
    WHERE $21::boolean AND r.integration_id = $1::uuid AND r.stream = $5::text AND r.deleted_at IS NULL
    EXCEPT
    SELECT page.key FROM unnest($16::text[]) AS page (key) WHERE $21::boolean) AS lost
),
counted AS (
  SELECT count(*) FILTER (WHERE is_new) + CASE WHEN $20::boolean THEN cardinality($13::text[]) ELSE 0 END AS created,
         count(*) FILTER (WHERE NOT is_new) AS updated,
         (SELECT count(*) FROM gone) AS deleted
  FROM diff
),
outcome AS MATERIALIZED (SELECT *, (created + updated + deleted + 999) / 1000 AS change_numbers FROM counted),
held AS (
  UPDATE syncline.live v
  SET page_seq = v.page_seq + 1,
      pages = v.pages + 1,
      change_no = v.change_no + o.change_numbers,
      fetched = v.fetched + $17::bigint,
      created = v.created + o.created,
      updated = v.updated + o.updated,
      unchanged = v.unchanged + $17::bigint - $18::bigint - o.created - o.updated,
      deleted = v.deleted + o.deleted,
      rejected = v.rejected + $18::bigint,
      rejected_reasons = (v.rejected_reasons || $19::text[])[1:5],
      complete = v.complete OR $12::boolean,
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
  RETURNING v.run_id, v.page_seq, v.change_no - o.change_numbers AS change_no_before, o.created, o.updated, o.deleted
),
records_created AS (
  -- Without ON CONFLICT, which costs a second search and a mark in the log for each row. Nobody else can have added the
  -- key since it was looked for: only the holder of the fence adds any. Where none was looked for, one that is there is a
  -- unique violation, which undoes the page.
  INSERT INTO syncline.records (integration_id, stream, key, data, hash, change_no)
  SELECT $1::uuid, $5::text, d.key, d.data::jsonb, d.hash, held.change_no_before + 1 + d.place / 1000
  FROM held CROSS JOIN diff d WHERE d.is_new
  UNION ALL
  -- Straight from the parameters: `diff` would copy each record once more.
  SELECT $1::uuid, $5::text, d.key, d.data::jsonb, d.hash, held.change_no_before + 1 + d.place / 1000
  FROM held CROSS JOIN (
    SELECT unnest($13::text[]) AS key, unnest($14::bytea[]) AS hash, unnest($15::text[]) AS data,
           generate_series(0, cardinality($13::text[]) - 1) AS place
    WHERE $20::boolean) AS d
),
records_updated AS (
  -- Found by key once more; a join with the table would be planned by statistics that are older than it.
  INSERT INTO syncline.records AS r (integration_id, stream, key, data, hash, change_no)
  SELECT $1::uuid, $5::text, d.key, d.data::jsonb, d.hash, held.change_no_before + 1 + d.place / 1000
  FROM held CROSS JOIN diff d WHERE NOT d.is_new
  ON CONFLICT (integration_id, stream, key) DO UPDATE
  SET data = excluded.data, hash = excluded.hash, change_no = excluded.change_no,
      updated_at = clock_timestamp(), deleted_at = NULL
),
marked AS (
  -- By the row's place, found by key one at a time, as in close_snapshot.sql.
  UPDATE syncline.records r
  SET deleted_at = clock_timestamp(), updated_at = clock_timestamp(),
      change_no = held.change_no_before + 1 + (held.created + held.updated + gone.place) / 1000
  FROM held CROSS JOIN gone
  WHERE r.ctid = (SELECT x.ctid FROM syncline.records x
                  WHERE x.integration_id = $1::uuid AND x.stream = $5::text AND x.key = gone.key)
),
before AS MATERIALIZED (
  -- The pass before counts for page and offset paging only when no pass was begun and given up since.
  SELECT CASE WHEN c.definition_hash = $6::text AND NOT EXISTS (
      SELECT FROM syncline.snapshot_seen s
      WHERE s.integration_id = c.integration_id AND s.stream = c.stream AND s.pass_id = c.pass_id)
    THEN c.previous_pass_id END AS previous_pass_id
  FROM syncline.checkpoints c WHERE c.integration_id = $1::uuid AND c.stream = $5::text
),
checkpoint_written AS (
  INSERT INTO syncline.checkpoints AS c
    (integration_id, stream, definition_hash, cursor, pass_id, pass_run_id, pass_resumed, done_run_id)
  SELECT $1::uuid, $5::text, $6::text, $7::jsonb, gen_random_uuid(), held.run_id, $9::boolean,
         CASE WHEN $11::boolean THEN held.run_id END
  FROM held
  ON CONFLICT (integration_id, stream) DO UPDATE
  SET definition_hash = excluded.definition_hash, cursor = excluded.cursor, done_run_id = excluded.done_run_id,
      pass_id = CASE WHEN $8::boolean THEN excluded.pass_id ELSE c.pass_id END,
      pass_run_id = CASE WHEN $8::boolean THEN excluded.pass_run_id ELSE c.pass_run_id END,
      pass_resumed = CASE WHEN $8::boolean THEN false ELSE c.pass_resumed OR excluded.pass_resumed END,
      previous_pass_id = CASE WHEN $21::boolean THEN NULL
        WHEN $8::boolean THEN (SELECT b.previous_pass_id FROM before b) ELSE c.previous_pass_id END,
      updated_at = clock_timestamp()
  RETURNING c.pass_id
),
seen_written AS (
  -- The last page leaves a row even without keys: it says that the pass waits for its delete marks.
  INSERT INTO syncline.snapshot_seen (integration_id, stream, pass_id, page_seq, keys, change_no)
  SELECT $1::uuid, $5::text, w.pass_id, held.page_seq, $16::text[], held.change_no_before
  FROM checkpoint_written w CROSS JOIN held
  WHERE $10::boolean AND NOT $21::boolean AND ($11::boolean OR cardinality($16::text[]) > 0)
),
seen_dropped AS (
  DELETE FROM syncline.snapshot_seen s USING held
  WHERE $8::boolean AND s.integration_id = $1::uuid AND s.stream = $5::text
    AND ($21::boolean OR s.pass_id IS DISTINCT FROM (SELECT b.previous_pass_id FROM before b))
)
SELECT held.page_seq, held.created, held.updated, held.deleted FROM held
