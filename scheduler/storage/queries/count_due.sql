-- How many integrations are due without a run, and for how long the first of them has been.
SELECT clock_timestamp() AS now, count(*) AS due,
       coalesce((extract(epoch FROM clock_timestamp() - min(i.next_sync_at)) * 1000)::bigint, 0) AS lag_ms
FROM syncline.integrations i
WHERE i.sync_enabled AND i.deleted_at IS NULL AND i.blocked_reason IS NULL AND i.next_sync_at IS NOT NULL
  AND i.next_sync_at <= now() AND NOT EXISTS (SELECT FROM syncline.live v WHERE v.integration_id = i.id)
