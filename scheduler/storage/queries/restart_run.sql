-- A new config or credential takes the fence from the run that is held, so that nothing fetched with the old one is written
-- any more; it begins again from its checkpoint. Counts stay: they are what this attempt did. With a new config no
-- stream is done any more, because there may be new ones; a new credential alone undoes nothing. Returns the claim that
-- was taken, so that its executor hears of it.
--   $1 uuid integration, locked by the statement before   $2 boolean the config changed, not only credentials
WITH held AS MATERIALIZED (
  SELECT v.integration_id, v.log_id, v.run_id, v.fence FROM syncline.live v WHERE v.integration_id = $1::uuid FOR UPDATE
), restarted AS (
  UPDATE syncline.live v
  SET state = 'PENDING', fence = NULL, lease_expires_at = NULL, deadline_at = NULL, running_since = NULL,
      running_ms = v.running_ms + coalesce((extract(epoch FROM clock_timestamp() - v.running_since) * 1000)::bigint, 0),
      not_before = CASE WHEN v.state = 'PENDING' THEN v.not_before ELSE clock_timestamp() END,
      wait_reason = CASE WHEN v.state = 'PENDING' THEN v.wait_reason ELSE 'CONFIG_CHANGED' END,
      wait_detail = CASE WHEN v.state = 'PENDING' THEN v.wait_detail ELSE '' END,
      complete = v.complete AND NOT $2::boolean,
      dispatch_failures = 0, lost_by = '{}', lost_at = '{}', lost_alone = '{}'
  FROM held WHERE v.integration_id = held.integration_id
), begun_again AS (
  UPDATE syncline.checkpoints c SET done_run_id = NULL
  FROM held WHERE $2::boolean AND c.integration_id = held.integration_id AND c.done_run_id = held.run_id
)
SELECT log_id, fence FROM held WHERE fence IS NOT NULL
