-- Whether an integration is there, for readers of what belongs to it.
--   $1 text tenant   $2 uuid integration
SELECT 1 FROM syncline.integrations WHERE id = $2::uuid AND tenant_id = $1 AND deleted_at IS NULL
