-- Whether there is something for reap_runs, asked without a lock each second.
--   $1 bigint  lease in ms
SELECT EXISTS (SELECT FROM syncline.live v
               WHERE v.fence IS NOT NULL AND v.lease_expires_at < clock_timestamp()
                 AND clock_timestamp() > pg_postmaster_start_time() + $1::bigint * interval '1 ms') AS found
