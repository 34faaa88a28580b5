-- How many milliseconds until something becomes due that is not due yet; null for nothing. What is due already was claimed,
-- is locked, or waits for a slot, and each of those wakes the loop by itself.
SELECT (extract(epoch FROM least(
          (SELECT due_at FROM syncline.ticks WHERE due_at > now() ORDER BY due_at LIMIT 1),
          (SELECT min(not_before) FROM syncline.live WHERE fence IS NULL AND not_before > now())
        ) - now()) * 1000)::bigint + 1 AS wait_ms
