-- TriggerSync: lock the integration, make or join its live row, keep the answer under the request id, in one statement. A
-- request id that came before ends all of it with 23505, and the stored answer is read instead. The insert reads from
-- the locking part, so that an integration deleted meanwhile gets no row.
--   $1 text tenant   $2 uuid id or null   $3 text external id or null   $4 text request id   $5 boolean after_current
WITH i AS MATERIALIZED (
  SELECT g.id, g.tenant_id, g.type, g.change_no, g.blocked_reason FROM syncline.integrations g
  WHERE g.tenant_id = $1 AND g.deleted_at IS NULL
    AND ((g.id = $2::uuid) OR ($2::uuid IS NULL AND g.external_id = $3))
  FOR NO KEY UPDATE
), fresh AS MATERIALIZED (
  SELECT i.*, syncline.uuid_v7() AS new_id FROM i WHERE i.type <> 'MANUAL'
), unblocked AS (
  UPDATE syncline.integrations t SET blocked_reason = NULL
  FROM fresh WHERE t.id = fresh.id AND fresh.blocked_reason IS NOT NULL
), l AS (
  INSERT INTO syncline.live AS v (integration_id, log_id, run_id, tenant_id, trigger, change_no)
  SELECT fresh.id, fresh.new_id, fresh.new_id, fresh.tenant_id, 'MANUAL', fresh.change_no FROM fresh
  ON CONFLICT (integration_id) DO UPDATE
  SET manual_joined = true,
      not_before = CASE WHEN v.state = 'PENDING' AND v.wait_reason = 'BACKOFF'
                             AND v.backoff_class IN ('TRANSIENT', 'TIMEOUT')
                        THEN least(v.not_before, clock_timestamp()) ELSE v.not_before END,
      wait_reason = CASE WHEN v.state = 'PENDING' AND v.wait_reason = 'BACKOFF'
                              AND v.backoff_class IN ('TRANSIENT', 'TIMEOUT') THEN 'SLOT' ELSE v.wait_reason END,
      follow_up_id = CASE WHEN $5::boolean AND (v.state <> 'PENDING' OR v.started_at IS NOT NULL)
                          THEN coalesce(v.follow_up_id, syncline.uuid_v7()) ELSE v.follow_up_id END,
      follow_up_at = CASE WHEN $5::boolean AND (v.state <> 'PENDING' OR v.started_at IS NOT NULL)
                          THEN coalesce(v.follow_up_at, clock_timestamp()) ELSE v.follow_up_at END
  RETURNING v.integration_id, v.run_id,
            CASE WHEN $5::boolean AND (v.state <> 'PENDING' OR v.started_at IS NOT NULL) THEN v.follow_up_id END AS reserved
), answer AS (
  INSERT INTO syncline.trigger_requests (tenant_id, request_id, integration_id, after_current, run_id, joined)
  SELECT $1, $4, l.integration_id, $5::boolean, coalesce(l.reserved, l.run_id), l.run_id <> fresh.new_id
  FROM l JOIN fresh ON fresh.id = l.integration_id
  RETURNING run_id, joined
)
SELECT i.id AS integration_id, i.type, answer.run_id, answer.joined FROM i LEFT JOIN answer ON true
