-- What is active, by state and reason. The live table is small: it holds active attempts only.
SELECT state, CASE WHEN state = 'PENDING' THEN wait_reason ELSE '' END AS wait_reason, count(*) AS runs,
       (extract(epoch FROM clock_timestamp() - min(created_at)) * 1000)::bigint AS oldest_ms
FROM syncline.live GROUP BY 1, 2
UNION ALL
SELECT 'PENDING', 'AFTER_CURRENT_RUN', count(*), (extract(epoch FROM clock_timestamp() - min(follow_up_at)) * 1000)::bigint
FROM syncline.live WHERE follow_up_id IS NOT NULL HAVING count(*) > 0
ORDER BY 1, 2
