-- How many integrations list_integration_ids.sql has in all, up to a limit that bounds the cost.
--   $1 text tenant   $2 text ILIKE pattern or null   $3 text[] statuses or null   $4 bigint the most to count
SELECT count(*) AS total FROM (
  SELECT FROM syncline.integrations
  WHERE tenant_id = $1 AND deleted_at IS NULL
    AND ($2::text IS NULL OR name ILIKE $2 OR external_id ILIKE $2)
    AND ($3::text[] IS NULL OR CASE WHEN NOT sync_enabled THEN 'DISABLED' WHEN blocked_reason IS NOT NULL THEN 'BLOCKED'
                                    ELSE status END = ANY ($3::text[]))
  LIMIT $4::bigint) counted
