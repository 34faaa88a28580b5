-- A page of an integration's records that are not deleted, by stream and key, behind a position.
--   $1 uuid integration   $2 text stream and $3 text key of the last one seen ('': from the beginning)
--   $4 text key prefix ('': all)   $5 bigint limit
SELECT stream, key, data::text AS data, change_no, created_at, updated_at, deleted_at IS NOT NULL AS is_deleted
FROM syncline.records
WHERE integration_id = $1::uuid AND (stream, key) > ($2::text, $3::text) AND deleted_at IS NULL AND key ^@ $4::text
ORDER BY stream, key LIMIT $5::bigint
