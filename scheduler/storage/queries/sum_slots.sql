-- The executors that are alive, and their slots.
--   $1 bigint lease in ms
SELECT count(*) AS executors, coalesce(sum(slots), 0)::bigint AS slots, coalesce(sum(busy), 0)::bigint AS busy
FROM syncline.executors WHERE last_heard > clock_timestamp() - $1::bigint * interval '1 ms'
