-- A page of the runs of an integration, newest first, wherever they are stored.
-- `reach` finds how far back the page goes in history, by an index scan that stops at its end; the view is read so
-- far only. The tenant is compared as no index can: where one integration has nearly all rows of a partition the planner
-- takes the tenant's index for as good as its own, and for any other integration that means to read the whole partition.
--   $1 text tenant   $2 uuid integration
--   $3 text status or null   $4 text trigger or null   $5, $6 timestamptz from, before (infinite: any)
--   $7 timestamptz and $8 uuid of the last one seen (infinite and the largest: from the newest)
--   $9 bigint limit   $10 bigint how many to skip
WITH reach AS MATERIALIZED (
  SELECT CASE WHEN count(*) >= $9::bigint + $10::bigint THEN min(created_at) ELSE '-infinity' END AS created_at FROM (
    SELECT h.created_at FROM syncline.sync_history h
    WHERE h.integration_id = $2::uuid AND h.tenant_id IS NOT DISTINCT FROM $1
      AND ($3::text IS NULL OR h.status = $3::syncline.sync_status) AND ($4::text IS NULL OR h.trigger = $4)
      AND h.created_at >= $5::timestamptz AND h.created_at < $6::timestamptz
      AND h.created_at <= $7::timestamptz AND (h.created_at, h.log_id) < ($7::timestamptz, $8::uuid)
    ORDER BY h.created_at DESC, h.log_id DESC LIMIT $9::bigint + $10::bigint) page
)
SELECT * FROM syncline.sync_logs
WHERE integration_id = $2::uuid AND tenant_id IS NOT DISTINCT FROM $1
  AND ($3::text IS NULL OR status = $3::syncline.sync_status) AND ($4::text IS NULL OR trigger = $4)
  AND created_at >= $5::timestamptz AND created_at < $6::timestamptz
  AND created_at <= $7::timestamptz AND (created_at, id) < ($7::timestamptz, $8::uuid)
  AND created_at >= (SELECT reach.created_at FROM reach)
ORDER BY created_at DESC, id DESC LIMIT $9::bigint OFFSET $10::bigint
