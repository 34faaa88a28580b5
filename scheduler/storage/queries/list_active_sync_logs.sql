-- Active SyncLogs only. The literals let the planner leave history out, whose CHECK says that it holds none.
--   $1 text tenant   $2 uuid integration or null
--   $3 text status or null   $4 text trigger or null   $5, $6 timestamptz from, before (infinite: any)
--   $7 timestamptz and $8 uuid of the last one seen (infinite and the largest: from the newest)
--   $9 bigint limit   $10 bigint how many to skip
SELECT * FROM syncline.sync_logs
WHERE tenant_id = $1 AND ($2::uuid IS NULL OR integration_id = $2::uuid) AND status IN ('PENDING', 'RUNNING')
  AND ($3::text IS NULL OR status = $3::syncline.sync_status) AND ($4::text IS NULL OR trigger = $4)
  AND created_at >= $5::timestamptz AND created_at < $6::timestamptz
  AND created_at <= $7::timestamptz AND (created_at, id) < ($7::timestamptz, $8::uuid)
ORDER BY created_at DESC, id DESC LIMIT $9::bigint OFFSET $10::bigint
