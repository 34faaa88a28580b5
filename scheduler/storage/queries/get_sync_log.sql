-- One SyncLog by its id, wherever it is.
--   $1 text tenant   $2 uuid log
SELECT * FROM syncline.sync_logs WHERE id = $2::uuid AND tenant_id = $1
