-- One page of a tenant's integrations, behind a position in the order of (name, id): an index scan that stops at
-- the limit, however many there are.
--   $1 text tenant   $2 text name and   $3 uuid id of the last one seen ('' and the nil UUID: from the beginning)
--   $4 text ILIKE pattern or null   $5 text[] statuses or null   $6 bigint limit
SELECT id, name FROM syncline.integrations
WHERE tenant_id = $1 AND deleted_at IS NULL AND (name, id) > ($2::text, $3::uuid)
  AND ($4::text IS NULL OR name ILIKE $4 OR external_id ILIKE $4)
  AND ($5::text[] IS NULL OR CASE WHEN NOT sync_enabled THEN 'DISABLED' WHEN blocked_reason IS NOT NULL THEN 'BLOCKED'
                                  ELSE status END = ANY ($5::text[]))
ORDER BY name, id LIMIT $6::bigint
