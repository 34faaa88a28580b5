-- What became of runs whose fence a statement did not find: still held (its row was locked), ended, or lost.
--   $1 uuid[]  integration ids   $2 uuid[]  log ids   $3 uuid[]  fences
--   $4 uuid[]  processes that must hold them, null: any
SELECT e.fence,
       EXISTS (SELECT FROM syncline.live v WHERE v.integration_id = e.integration_id AND v.fence = e.fence
                 AND (e.process_id IS NULL OR v.process_id = e.process_id)) AS held,
       (SELECT h.status FROM syncline.sync_history h
        WHERE h.log_id = e.log_id AND h.closing_fence = e.fence LIMIT 1) AS ended_status
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[]) AS e (integration_id, log_id, fence, process_id)
