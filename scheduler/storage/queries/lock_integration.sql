-- The first of two statements of every change that must see the live row of the integration: a statement's snapshot is
-- older than its lock wait, so what comes after the lock is a statement of its own (docs/adr/0002). For the same reason
-- it reads nothing but the locked row.
--   $1 text tenant   $2 uuid id or null   $3 text external id or null
SELECT i.id, i.type, i.config::text AS config, i.version
FROM syncline.integrations i
WHERE i.tenant_id = $1 AND i.deleted_at IS NULL AND (i.id = $2::uuid OR ($2::uuid IS NULL AND i.external_id = $3))
FOR NO KEY UPDATE
