-- PENDING runs whose remote has made them wait for longer than a run may, over all their waits: 24 hours, or four
-- intervals where that is more.
--   $1 bigint  the 24 hours, in ms
SELECT v.integration_id, v.log_id
FROM syncline.live v JOIN syncline.integrations i ON i.id = v.integration_id
WHERE v.fence IS NULL AND v.wait_reason = 'RATE_LIMIT' AND v.waited_since IS NOT NULL
  AND v.waited_ms + (extract(epoch FROM clock_timestamp() - v.waited_since) * 1000)::bigint
      > greatest($1::bigint, 4000 * coalesce(i.sync_interval, 0)::bigint)
LIMIT 500
