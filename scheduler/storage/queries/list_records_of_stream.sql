-- As list_records.sql for one stream.
--   $1 uuid integration   $2 text stream   $3 text key of the last one seen or null   $4 text key prefix ('': all)
--   $5 bigint limit
SELECT stream, key, data::text AS data, change_no, created_at, updated_at, deleted_at IS NOT NULL AS is_deleted
FROM syncline.records
WHERE integration_id = $1::uuid AND stream = $2 AND key >= coalesce($3::text, '') AND ($3::text IS NULL OR key > $3)
  AND deleted_at IS NULL AND key ^@ $4::text
ORDER BY key LIMIT $5::bigint
