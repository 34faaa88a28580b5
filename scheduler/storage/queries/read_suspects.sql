-- Runs that two executors died of, and whether two more died of them while they ran alone: then the run itself is what kills
-- them. A process that was heard of again did not die.
SELECT v.integration_id, v.log_id,
       syncline.counted_losses(v.lost_by, v.lost_at, v.lost_alone, true) >= 2 AS condemned
FROM syncline.live v
WHERE v.fence IS NULL AND cardinality(v.lost_by) >= 2
  AND syncline.counted_losses(v.lost_by, v.lost_at, v.lost_alone, false) >= 2
LIMIT 500
