-- RUNNING runs past their deadline whose executor has not ended them, for a finish with TIMEOUT. In an order for the reason that
-- reap_runs has one, and run with walk_indexes.sql.
--   $1 bigint  how long past, in ms
SELECT integration_id, log_id, fence FROM syncline.live
WHERE fence IS NOT NULL AND state = 'RUNNING' AND deadline_at < clock_timestamp() - $1::bigint * interval '1 ms'
ORDER BY process_id
LIMIT 500
