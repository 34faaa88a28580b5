-- What is active, by state and reason: by walks of the indexes of what is held and of what waits (walk_indexes.sql), since the
-- table is mostly what is dead when runs are short and many.
SELECT state, '' AS wait_reason, count(*) AS runs,
       (extract(epoch FROM clock_timestamp() - min(created_at)) * 1000)::bigint AS oldest_ms
FROM syncline.live WHERE fence IS NOT NULL GROUP BY state
UNION ALL
SELECT 'PENDING', wait_reason, count(*), (extract(epoch FROM clock_timestamp() - min(created_at)) * 1000)::bigint
FROM syncline.live WHERE fence IS NULL GROUP BY wait_reason
UNION ALL
SELECT 'PENDING', 'AFTER_CURRENT_RUN', count(*), (extract(epoch FROM clock_timestamp() - min(follow_up_at)) * 1000)::bigint
FROM syncline.live WHERE follow_up_id IS NOT NULL HAVING count(*) > 0
ORDER BY 1, 2
