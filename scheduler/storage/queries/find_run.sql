-- The run of a SyncLog, or of its own id: neither a log's run nor a run's integration ever changes, so this needs no lock.
--   $1 text tenant   $2 uuid SyncLog or run
SELECT run_id, integration_id FROM syncline.sync_logs WHERE tenant_id = $1 AND (id = $2::uuid OR run_id = $2::uuid) LIMIT 1
