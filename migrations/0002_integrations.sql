-- What users create and change. Rows of `integrations` are locked first, `live` rows second (docs/adr/0002).

CREATE TABLE syncline.integrations (
  id               uuid PRIMARY KEY DEFAULT syncline.uuid_v7(),
  tenant_id        text NOT NULL DEFAULT '',
  external_id      text,
  name             text NOT NULL CHECK (name <> ''),
  type             text NOT NULL CHECK (type IN ('REST', 'GRAPHQL', 'MANUAL')),
  config           jsonb NOT NULL DEFAULT '{}',
  config_version   bigint NOT NULL DEFAULT 1,     -- raised by every change of config or credentials
  version          bigint NOT NULL DEFAULT 1,     -- raised by every change that a user makes
  sync_interval    integer CHECK (sync_interval BETWEEN 60 AND 366 * 86400),   -- seconds; null: manual only
  sync_enabled     boolean NOT NULL DEFAULT true,
  max_retries      integer NOT NULL DEFAULT 3 CHECK (max_retries BETWEEN 0 AND 20),
  timeout_seconds  integer NOT NULL DEFAULT 3600 CHECK (timeout_seconds BETWEEN 1 AND 7 * 86400),
  settings_version bigint NOT NULL DEFAULT 1,     -- raised by every change of the sync settings
  grid_anchor      timestamptz NOT NULL DEFAULT clock_timestamp(),
  next_sync_at     timestamptz,
  status           text NOT NULL DEFAULT 'NEVER_SYNCED'
                   CHECK (status IN ('NEVER_SYNCED', 'HEALTHY', 'FAILING')),
  disabled_reason  text,                          -- set when the system, not a user, switched it off
  blocked_reason   text,
  retry_count      integer NOT NULL DEFAULT 0,    -- failures in a row that count toward disabling
  epoch            bigint NOT NULL DEFAULT 0,     -- claims so far, for people
  change_no        bigint NOT NULL DEFAULT 0,     -- the newest change number of its records
  last_log_id      uuid,
  last_run_id      uuid,
  last_status      syncline.sync_status,
  last_started_at  timestamptz,
  last_ended_at    timestamptz,
  last_duration_ms bigint,
  last_counts      bigint[],                      -- fetched, created, updated, unchanged, deleted, rejected, pages, takeovers
  last_error_class text,
  last_error       text,
  last_success_at  timestamptz,
  last_failure_at  timestamptz,
  create_request_id   text,
  create_request_hash text,
  created_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
  deleted_at       timestamptz,
  -- Rule 2, no tick is lost:
  CONSTRAINT scheduled_has_next_sync CHECK (
    next_sync_at IS NOT NULL OR NOT sync_enabled OR deleted_at IS NOT NULL OR sync_interval IS NULL),
  CONSTRAINT manual_has_no_interval CHECK (type <> 'MANUAL' OR sync_interval IS NULL)
) WITH (fillfactor = 80);

CREATE INDEX integrations_due ON syncline.integrations (next_sync_at)
  WHERE sync_enabled AND deleted_at IS NULL AND blocked_reason IS NULL AND next_sync_at IS NOT NULL;
CREATE UNIQUE INDEX integrations_external_id ON syncline.integrations (tenant_id, external_id)
  WHERE external_id IS NOT NULL AND deleted_at IS NULL;
CREATE UNIQUE INDEX integrations_create_request ON syncline.integrations (tenant_id, create_request_id)
  WHERE create_request_id IS NOT NULL;
CREATE INDEX integrations_by_name ON syncline.integrations (tenant_id, name, id) WHERE deleted_at IS NULL;
CREATE INDEX integrations_deleted ON syncline.integrations (deleted_at) WHERE deleted_at IS NOT NULL;

-- Sealed by common/crypto (AES-256-GCM), bound to integration and name. The executor's role cannot read it.
CREATE TABLE syncline.credentials (
  integration_id uuid NOT NULL,
  name           text NOT NULL CHECK (name <> ''),
  sealed         bytea NOT NULL,
  updated_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (integration_id, name)
);
