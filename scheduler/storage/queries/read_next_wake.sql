-- How many milliseconds until something becomes due that is not due yet; null for nothing. What is due already was claimed,
-- is locked, or waits for a slot, and each of those wakes the loop by itself.
SELECT (extract(epoch FROM least(
          (SELECT next_sync_at FROM syncline.integrations
           WHERE sync_enabled AND deleted_at IS NULL AND blocked_reason IS NULL AND next_sync_at > now()
           ORDER BY next_sync_at LIMIT 1),
          (SELECT min(not_before) FROM syncline.live WHERE fence IS NULL AND not_before > now())
        ) - now()) * 1000)::bigint + 1 AS wait_ms
