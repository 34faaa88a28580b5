-- Whether there is something for reap_runs, by its own condition: asked without a lock each second (walk_indexes.sql).
--   $1 bigint  lease in ms
SELECT EXISTS (SELECT FROM syncline.live v
               WHERE v.fence IS NOT NULL AND v.lease_expires_at < clock_timestamp()
                 AND clock_timestamp() > pg_postmaster_start_time() + $1::bigint * interval '1 ms') AS found
