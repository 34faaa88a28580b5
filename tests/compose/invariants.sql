-- What must hold of the load's integrations (dev-client load) once it has ended, whatever was done to the stack
-- meanwhile. (Among the samples are some that are made to fail.) One row for each promise that does not hold: how often,
-- and which. :name is the load's name, :accepted how many of its triggers were answered.
WITH loaded AS (
  SELECT * FROM syncline.integrations WHERE external_id LIKE 'load-%'
), history AS (
  SELECT h.* FROM syncline.sync_history h JOIN loaded ON loaded.id = h.integration_id
), requests AS (
  SELECT * FROM syncline.trigger_requests WHERE request_id LIKE :'name' || '-%'
), broken(how_often, promise) AS (
  SELECT abs(count(*) - :accepted), 'triggers that were answered and are not known, or the other way round'
  FROM requests
  UNION ALL
  SELECT count(*), 'triggers whose run has no success'
  FROM requests r WHERE NOT EXISTS (SELECT FROM history h WHERE h.run_id = r.run_id AND h.status = 'SUCCESS')
  UNION ALL
  SELECT count(*), 'attempts with more than one row of history'
  FROM (SELECT FROM syncline.sync_history GROUP BY run_id, attempt HAVING count(*) > 1) AS doubled
  UNION ALL
  SELECT count(*), 'runs that failed' FROM history WHERE status = 'FAILED'
  UNION ALL
  SELECT count(*), 'attempts that are not the first of their run' FROM history WHERE attempt > 1
  UNION ALL
  SELECT count(*), 'runs still active' FROM syncline.live l JOIN loaded ON loaded.id = l.integration_id
  UNION ALL
  SELECT count(*), 'runs of one integration that overlap'
  FROM (SELECT started_at, lag(ended_at) OVER (PARTITION BY integration_id ORDER BY started_at, ended_at) AS before
        FROM syncline.sync_history WHERE started_at IS NOT NULL) AS runs
  WHERE started_at < before
  UNION ALL
  SELECT count(*), 'integrations with a retry spent, disabled, blocked, or without a next time'
  FROM loaded
  WHERE retry_count > 0 OR NOT sync_enabled OR blocked_reason IS NOT NULL OR next_sync_at IS NULL
  UNION ALL
  SELECT count(*), 'integrations that have neither a run nor their next tick in the queue'
  FROM syncline.integrations i
  WHERE syncline.due_at(sync_enabled, deleted_at, blocked_reason, next_sync_at) IS NOT NULL
    AND NOT EXISTS (SELECT FROM syncline.live l WHERE l.integration_id = i.id)
    AND NOT EXISTS (SELECT FROM syncline.ticks k WHERE k.integration_id = i.id AND k.due_at = i.next_sync_at)
  UNION ALL
  SELECT count(*), 'integrations whose records are not those of the others'
  FROM (SELECT count(*) OVER (PARTITION BY digest) AS alike, count(*) OVER () AS every
        FROM (SELECT i.id, md5(coalesce(string_agg(r.key || r.hash::text, ',' ORDER BY r.key), '')) AS digest
              FROM loaded i LEFT JOIN syncline.records r ON r.integration_id = i.id GROUP BY i.id) AS sets) AS compared
  WHERE alike < every
)
SELECT how_often || ' ' || promise FROM broken WHERE how_often > 0;
