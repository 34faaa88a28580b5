-- Runs that ended and integrations that users changed lately, each with a mark of its own, for WatchSyncs: 64 bits of a hash,
-- since under load there are many. A block-range index finds the newest part of history, an index of its own the integrations.
--   $1 timestamptz since when, null: the last 20 s
SELECT integration_id, tenant_id, uuid_hash_extended(log_id, 0) AS mark FROM syncline.sync_history
WHERE ended_at > coalesce($1::timestamptz, clock_timestamp() - interval '20 s')
UNION ALL
SELECT id, tenant_id, hashtextextended(id::text || ' ' || version, 0) FROM syncline.integrations
WHERE updated_at > coalesce($1::timestamptz, clock_timestamp() - interval '20 s')
