-- A page of the feed of changes and deletions, in their order, behind a position. A page of a sync commits its records and
-- their change number together, and pages of one integration are serial: nothing appears behind what was read.
--   $1 uuid integration   $2 bigint change number, $3 text stream and $4 text key of the last one seen
--   $5 text stream or null   $6 bigint limit
SELECT stream, key, data::text AS data, change_no, created_at, updated_at, deleted_at IS NOT NULL AS is_deleted
FROM syncline.records
WHERE integration_id = $1::uuid AND (change_no, stream, key) > ($2::bigint, $3::text, $4::text)
  AND ($5::text IS NULL OR stream = $5)
ORDER BY change_no, stream, key LIMIT $6::bigint
