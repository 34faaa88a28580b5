-- The config of an integration with its sealed credentials, for a check: one statement, so that both are of the same
-- moment. One row a credential, one without a name when there is none.
--   $1 text tenant   $2 uuid integration
SELECT i.type, i.config::text AS config, c.name, c.sealed
FROM syncline.integrations i LEFT JOIN syncline.credentials c ON c.integration_id = i.id
WHERE i.id = $2::uuid AND i.tenant_id = $1 AND i.deleted_at IS NULL
