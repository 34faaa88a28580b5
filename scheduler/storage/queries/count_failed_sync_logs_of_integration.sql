-- How many SyncLogs list_failed_sync_logs_of_integration.sql has in all, up to a limit. What failed has ended, so that history
-- alone is asked, not the view; the index of failures holds all that is compared, and no row is looked at.
--   $1 text tenant   $2 uuid integration   $3 text status or null   $4 text trigger or null
--   $5, $6 timestamptz from, before (infinite: any)   $7 bigint the most to count
SELECT count(*) AS total FROM (
  SELECT FROM syncline.sync_history
  WHERE integration_id = $2::uuid AND tenant_id IS NOT DISTINCT FROM $1 AND status = 'FAILED'
  AND ($3::text IS NULL OR status = $3::syncline.sync_status) AND ($4::text IS NULL OR trigger = $4)
  AND created_at >= $5::timestamptz AND created_at < $6::timestamptz
  LIMIT $7::bigint) counted
