-- A part of what the longest deleted integration left behind, so that no statement is long; with the last part its row goes
-- too. History stays. SKIP LOCKED lets several schedulers purge side by side. One deleted within the last minute stays as
-- it is: WatchSyncs finds deletions by the row.
--   $1 bigint most rows of a table
WITH i AS MATERIALIZED (
  SELECT id FROM syncline.integrations WHERE deleted_at < clock_timestamp() - interval '1 minute' ORDER BY deleted_at LIMIT 1 FOR UPDATE SKIP LOCKED
), record AS (
  DELETE FROM syncline.records r USING i
  WHERE r.integration_id = i.id AND r.ctid = ANY (ARRAY(
    SELECT x.ctid FROM syncline.records x JOIN i ON x.integration_id = i.id LIMIT $1::bigint))
  RETURNING 1
), seen AS (
  DELETE FROM syncline.snapshot_seen s USING i
  WHERE s.integration_id = i.id AND s.ctid = ANY (ARRAY(
    SELECT x.ctid FROM syncline.snapshot_seen x JOIN i ON x.integration_id = i.id LIMIT $1::bigint))
  RETURNING 1
), checkpoint AS (
  DELETE FROM syncline.checkpoints c USING i WHERE c.integration_id = i.id
), row_gone AS (
  DELETE FROM syncline.integrations t USING i
  WHERE t.id = i.id AND (SELECT count(*) FROM record) < $1::bigint AND (SELECT count(*) FROM seen) < $1::bigint
)
SELECT (SELECT count(*) FROM i) AS integrations, (SELECT count(*) FROM record) + (SELECT count(*) FROM seen) AS rows_purged
