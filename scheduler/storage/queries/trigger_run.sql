-- TriggerSync: lock the integration, make or join its live row, keep the answer under the request id, in one statement. A
-- request id that came before ends all of it with 23505, and the stored answer is read instead. The insert reads from
-- the locking part, so that an integration deleted meanwhile gets no row. Where there is a free slot, a new run is CLAIMED for
-- it at once: the row that a claim right after this statement would leave. Then what read_claimed.sql would read comes along,
-- a row for each credential and checkpoint beside the one with its config, if the integration has not changed between this statement's snapshot and its lock:
-- whatever changes a credential, and whatever ends a run, whose pages moved the checkpoints, changes the integration's row, too.
--   $1 text tenant   $2 uuid id or null   $3 text external id or null   $4 text request id   $5 boolean after_current
--   $6 uuid the executor of a free slot, null: there is none   $7 text its name   $8 text[] connector types that it runs
--   $9 bigint dispatch limit in ms
WITH i AS MATERIALIZED (
  SELECT g.id, g.tenant_id, g.type, g.change_no, g.blocked_reason, g.epoch, g.config, g.config_version, g.timeout_seconds,
         g.xmin AS row_version
  FROM syncline.integrations g
  WHERE g.tenant_id = $1 AND g.deleted_at IS NULL
    AND ((g.id = $2::uuid) OR ($2::uuid IS NULL AND g.external_id = $3))
  FOR NO KEY UPDATE
), fresh AS MATERIALIZED (
  SELECT i.*, syncline.uuid_v7() AS new_id,
         CASE WHEN $6::uuid IS NOT NULL AND i.type = ANY ($8::text[]) THEN gen_random_uuid() END AS new_fence
  FROM i WHERE i.type <> 'MANUAL'
), l AS (
  INSERT INTO syncline.live AS v
    (integration_id, log_id, run_id, tenant_id, trigger, change_no, state, fence, epoch, config_version, timeout_ms,
     lease_expires_at, process_id, executor)
  SELECT id, new_id, new_id, tenant_id, 'MANUAL', change_no, CASE WHEN new_fence IS NULL THEN 'PENDING' ELSE 'CLAIMED' END,
         new_fence, epoch + (new_fence IS NOT NULL)::int, config_version, timeout_seconds * 1000,
         CASE WHEN new_fence IS NOT NULL THEN clock_timestamp() + $9::bigint * interval '1 ms' END,
         CASE WHEN new_fence IS NOT NULL THEN $6::uuid END, CASE WHEN new_fence IS NULL THEN '' ELSE $7::text END
  FROM fresh
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
), claimed AS (
  SELECT fresh.id, fresh.new_fence AS fence, fresh.config,
         fresh.row_version = (SELECT g.xmin FROM syncline.integrations g WHERE g.id = fresh.id) AS equipped
  FROM answer CROSS JOIN fresh
  WHERE NOT answer.joined AND fresh.new_fence IS NOT NULL
), equipment AS (
  -- The config once. Of a new run, no stream is done.
  SELECT NULL AS name, NULL::bytea AS sealed, NULL AS definition_hash, NULL AS cursor, NULL::uuid AS done_run_id,
         false AS unclosed, claimed.config::text AS config
  FROM claimed
  UNION ALL
  SELECT c.name, c.sealed, NULL, NULL, NULL, false, NULL
  FROM claimed JOIN syncline.credentials c ON c.integration_id = claimed.id
  WHERE claimed.equipped
  UNION ALL
  SELECT p.stream, NULL, p.definition_hash, p.cursor::text, NULL, false, NULL
  FROM claimed JOIN syncline.checkpoints p ON p.integration_id = claimed.id
  WHERE claimed.equipped
), changed AS (
  UPDATE syncline.integrations t SET blocked_reason = NULL
  FROM fresh WHERE t.id = fresh.id AND fresh.blocked_reason IS NOT NULL
)
SELECT i.id AS integration_id, i.type, answer.run_id, answer.joined, claimed.fence,
       i.epoch + 1 AS epoch, i.timeout_seconds * 1000 AS remaining_ms, claimed.equipped, equipment.*
FROM i LEFT JOIN answer ON true LEFT JOIN claimed ON true LEFT JOIN equipment ON true
