-- How many SyncLogs list_sync_logs_of_tenant.sql has in all, up to a limit that bounds the cost of a long history.
--   $1 text tenant   $2 uuid integration or null   $3 text status or null   $4 text trigger or null
--   $5, $6 timestamptz from, before (infinite: any)   $7 bigint the most to count
SELECT count(*) AS total FROM (
  SELECT FROM syncline.sync_logs
  WHERE tenant_id = $1 AND ($2::uuid IS NULL OR integration_id = $2::uuid)
  AND ($3::text IS NULL OR status = $3::syncline.sync_status) AND ($4::text IS NULL OR trigger = $4)
  AND created_at >= $5::timestamptz AND created_at < $6::timestamptz
  LIMIT $7::bigint) counted
