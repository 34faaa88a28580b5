-- Runs that ended and integrations that users changed lately, each with a mark of its own, for WatchSyncs. A block-range
-- index finds the newest part of history, an index of its own the integrations.
--   $1 timestamptz since when, null: the last 20 s
SELECT integration_id, tenant_id, log_id::text AS mark FROM syncline.sync_history
WHERE ended_at > coalesce($1::timestamptz, clock_timestamp() - interval '20 s')
UNION ALL
SELECT id, tenant_id, id::text || ' ' || version FROM syncline.integrations
WHERE updated_at > coalesce($1::timestamptz, clock_timestamp() - interval '20 s')
