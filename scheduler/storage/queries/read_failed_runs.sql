-- What the retry decision needs to know about runs that report a failure. finish_runs compares the parts that may
-- change until it has its locks, and asks for a new decision when they did.
--   $1 uuid[] integration ids   $2 uuid[] fences, null: nobody holds it   $3 uuid[] log ids
SELECT v.fence, v.log_id, v.retries_spent, v.internal_retries, v.auth_retries,
       i.settings_version, i.sync_enabled, i.max_retries, i.retry_count
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS e (integration_id, fence, log_id)
JOIN syncline.live v ON v.integration_id = e.integration_id
  AND (v.fence = e.fence OR (e.fence IS NULL AND v.log_id = e.log_id AND v.state = 'PENDING'))
JOIN syncline.integrations i ON i.id = e.integration_id
