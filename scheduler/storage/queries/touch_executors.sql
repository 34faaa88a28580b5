-- Executors that were heard of: their load, and when.
--   $1 uuid[] processes   $2 int[] busy   $3 boolean[] draining
UPDATE syncline.executors x
SET last_heard = clock_timestamp(), busy = e.busy, draining = e.draining
FROM unnest($1::uuid[], $2::int[], $3::boolean[]) AS e (process_id, busy, draining)
WHERE x.process_id = e.process_id
