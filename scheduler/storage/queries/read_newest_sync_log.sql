-- The attempt of a run that a trigger's answer shows.
--   $1 text tenant   $2 uuid run
SELECT * FROM syncline.sync_logs WHERE run_id = $2::uuid AND tenant_id = $1 ORDER BY created_at DESC, attempt DESC LIMIT 1
