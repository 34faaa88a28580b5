-- Changes a locked integration; null leaves a setting as it is. A new interval begins a new grid; switching on forgets what
-- was missed, the reason and the count of failures. A new config or credential unblocks.
--   $1 uuid id   $2 text name   $3 boolean external id changes   $4 text external id   $5 jsonb config
--   $6 boolean credentials change   $7 boolean interval changes   $8 int interval in s (null: manual only)
--   $9 boolean enabled   $10 int max retries   $11 int timeout in s
WITH was AS MATERIALIZED (
  SELECT i.*, clock_timestamp() AS now,
         $7::boolean AND $8::integer IS DISTINCT FROM i.sync_interval AS new_grid,
         coalesce($9::boolean, i.sync_enabled) AS enabled,
         coalesce($9::boolean, i.sync_enabled) AND NOT i.sync_enabled AS switched_on,
         $5::jsonb IS NOT NULL OR $6::boolean AS new_config,
         $7::boolean OR $9::boolean IS NOT NULL OR $10::integer IS NOT NULL OR $11::integer IS NOT NULL AS new_settings
  FROM syncline.integrations i WHERE i.id = $1::uuid
), to_be AS MATERIALIZED (
  SELECT was.*,
         CASE WHEN new_grid THEN $8::integer ELSE was.sync_interval END AS every,
         CASE WHEN new_grid AND $8::integer IS NOT NULL THEN was.now + syncline.grid_shift(was.id, $8::integer)
              ELSE was.grid_anchor END AS anchor
  FROM was
)
UPDATE syncline.integrations t
SET name = coalesce($2, t.name),
    external_id = CASE WHEN $3::boolean THEN $4 ELSE t.external_id END,
    config = coalesce($5::jsonb, t.config),
    config_version = t.config_version + n.new_config::int,
    version = t.version + 1,
    sync_interval = n.every,
    sync_enabled = n.enabled,
    max_retries = coalesce($10::integer, t.max_retries),
    timeout_seconds = coalesce($11::integer, t.timeout_seconds),
    settings_version = t.settings_version + n.new_settings::int,
    grid_anchor = n.anchor,
    next_sync_at = CASE WHEN NOT n.enabled OR n.every IS NULL THEN NULL
                        WHEN n.new_grid OR n.switched_on THEN syncline.next_tick(n.anchor, n.every, n.now)
                        ELSE t.next_sync_at END,
    disabled_reason = CASE WHEN n.switched_on THEN NULL ELSE t.disabled_reason END,
    retry_count = CASE WHEN n.switched_on THEN 0 ELSE t.retry_count END,
    blocked_reason = CASE WHEN n.new_config THEN NULL ELSE t.blocked_reason END,
    updated_at = n.now
FROM to_be n WHERE t.id = n.id
