-- The id of an integration by the backend's own id, so that everything else needs only ids.
--   $1 text tenant   $2 text external id
SELECT id FROM syncline.integrations WHERE tenant_id = $1 AND external_id = $2 AND deleted_at IS NULL
