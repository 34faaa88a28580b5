-- A new integration. Enabled and with an interval it is due at once; from then on its grid decides. The id is
-- returned before the credentials are sealed, because they are bound to it.
--   $1 text tenant   $2 text external id or null   $3 text name   $4 text type   $5 jsonb config   $6 int interval in s or null
--   $7 boolean enabled   $8 int max retries   $9 int timeout in s   $10 text request id or null   $11 text hash or null
WITH fresh AS MATERIALIZED (
  SELECT syncline.uuid_v7() AS id, clock_timestamp() AS now
)
INSERT INTO syncline.integrations
  (id, tenant_id, external_id, name, type, config, sync_interval, sync_enabled, max_retries, timeout_seconds,
   grid_anchor, next_sync_at, create_request_id, create_request_hash, created_at, updated_at)
SELECT fresh.id, $1, $2, $3, $4, $5::jsonb, $6::integer, $7::boolean, $8::integer, $9::integer,
       fresh.now + coalesce(syncline.grid_shift(fresh.id, $6::integer), interval '0'),
       CASE WHEN $7::boolean AND $6::integer IS NOT NULL THEN fresh.now END, $10, $11, fresh.now, fresh.now
FROM fresh
RETURNING id
