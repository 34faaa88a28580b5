-- The oldest ticks that have passed and are not the integration's any more: what a change left behind in the middle of a run.
-- Under the integration's lock, which whoever moves its tick has.
WITH oldest AS MATERIALIZED (
  SELECT k.due_at, k.integration_id FROM syncline.ticks k WHERE k.due_at <= now() ORDER BY k.due_at LIMIT 10000
), stale AS MATERIALIZED (
  SELECT k.* FROM oldest k CROSS JOIN LATERAL (
    SELECT FROM syncline.integrations i
    WHERE i.id = k.integration_id
      AND syncline.due_at(i.sync_enabled, i.deleted_at, i.blocked_reason, i.next_sync_at) IS DISTINCT FROM k.due_at
    FOR NO KEY UPDATE OF i SKIP LOCKED) i
  UNION ALL
  SELECT k.* FROM oldest k
  WHERE (SELECT true FROM syncline.integrations i WHERE i.id = k.integration_id) IS NULL
)
DELETE FROM syncline.ticks k USING stale s WHERE k.due_at = s.due_at AND k.integration_id = s.integration_id
