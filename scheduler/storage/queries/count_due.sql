-- How many integrations are due without a run, and for how long the first of them has been. The ticks that have passed, less
-- those of the runs there are: neither asks integration by integration, of which a long outage of the executors leaves many.
SELECT clock_timestamp() AS now,
       greatest((SELECT count(*) FROM syncline.ticks WHERE due_at <= now())
                - (SELECT count(*) FROM syncline.live v CROSS JOIN LATERAL (
                     SELECT i.next_sync_at FROM syncline.integrations i WHERE i.id = v.integration_id LIMIT 1) i
                   WHERE i.next_sync_at <= now() AND (
                     SELECT true FROM syncline.ticks k
                     WHERE k.due_at = i.next_sync_at AND k.integration_id = v.integration_id LIMIT 1)), 0) AS due,
       coalesce((SELECT (extract(epoch FROM clock_timestamp() - k.due_at) * 1000)::bigint
                 FROM syncline.ticks k
                 WHERE k.due_at <= now() AND (SELECT true FROM syncline.live v WHERE v.integration_id = k.integration_id) IS NULL
                 ORDER BY k.due_at LIMIT 1), 0) AS lag_ms
