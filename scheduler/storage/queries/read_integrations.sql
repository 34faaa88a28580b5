-- Integrations as the API shows them, with the active run and without any look at history.
--   $1 text tenant   $2 uuid[] ids
SELECT i.id, i.external_id, i.tenant_id, i.name, i.type, i.config::text AS config,
       ARRAY(SELECT c.name FROM syncline.credentials c WHERE c.integration_id = i.id ORDER BY c.name COLLATE "C")
         AS credential_names,
       i.sync_interval, i.sync_enabled, i.max_retries, i.timeout_seconds,
       -- While the run of a tick is active, next_sync_at is that tick.
       CASE WHEN NOT i.sync_enabled THEN NULL
            WHEN l.integration_id IS NOT NULL AND i.next_sync_at <= clock_timestamp()
            THEN syncline.next_tick(i.grid_anchor, i.sync_interval, clock_timestamp())
            ELSE i.next_sync_at END AS next_sync_at,
       CASE WHEN NOT i.sync_enabled THEN 'DISABLED' WHEN i.blocked_reason IS NOT NULL THEN 'BLOCKED' ELSE i.status END
         AS status,
       i.disabled_reason, i.blocked_reason, i.retry_count, i.version, i.created_at, i.updated_at,
       i.last_log_id, i.last_run_id, i.last_status, i.last_started_at, i.last_ended_at, i.last_duration_ms,
       i.last_counts, i.last_error_class, i.last_error, i.last_success_at,
       l.log_id AS sync_id, l.run_id AS sync_run_id, l.integration_id AS sync_integration_id,
       l.tenant_id AS sync_tenant_id, CASE l.state WHEN 'RUNNING' THEN 'RUNNING' ELSE 'PENDING' END AS sync_status,
       l.trigger AS sync_trigger, l.attempt AS sync_attempt, l.created_at AS sync_created_at,
       l.started_at AS sync_started_at, NULL::timestamptz AS sync_ended_at,
       l.running_ms + CASE WHEN l.state = 'RUNNING'
         THEN (extract(epoch FROM clock_timestamp() - l.running_since) * 1000)::bigint ELSE 0 END AS sync_duration_ms,
       l.fetched AS sync_fetched, l.created AS sync_created, l.updated AS sync_updated, l.unchanged AS sync_unchanged,
       l.deleted AS sync_deleted, l.rejected AS sync_rejected, l.pages AS sync_pages, l.takeovers AS sync_takeovers,
       l.rejected_reasons AS sync_rejected_reasons, NULL AS sync_error_class, NULL AS sync_error_message,
       NULL::integer AS sync_http_status, l.executor AS sync_executor, l.epoch AS sync_epoch,
       CASE l.state WHEN 'PENDING' THEN l.wait_reason WHEN 'CLAIMED' THEN 'DISPATCHING' END AS sync_wait_reason,
       CASE WHEN l.state = 'PENDING' THEN l.wait_detail ELSE '' END AS sync_wait_detail,
       CASE WHEN l.state = 'PENDING' AND l.wait_reason <> 'SLOT' THEN l.not_before END AS sync_wait_until
FROM syncline.integrations i LEFT JOIN syncline.live l ON l.integration_id = i.id
WHERE i.id = ANY ($2::uuid[]) AND i.tenant_id = $1 AND i.deleted_at IS NULL
ORDER BY i.name, i.id
