-- The executors heard of within the last hour, newest first.
--   $1 bigint lease in ms
SELECT process_id, name, version, slots, busy, draining, started_at, last_heard, connector_types,
       last_heard > clock_timestamp() - $1::bigint * interval '1 ms' AS alive
FROM syncline.executors WHERE last_heard > clock_timestamp() - interval '1 hour'
ORDER BY started_at DESC, process_id
