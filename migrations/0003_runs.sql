-- Active attempts, ended attempts, and the view that shows both as one SyncLog.

-- One row per active attempt; its primary key is rule 1 (one active run per integration). It holds the whole SyncLog
-- while that is PENDING or RUNNING. Pages and renewals change it often: low fillfactor, and no index on what
-- they change, so that their updates stay heap-only. No foreign key: hot tables have none.
CREATE TABLE syncline.live (
  integration_id   uuid PRIMARY KEY,
  log_id           uuid NOT NULL DEFAULT syncline.uuid_v7(),
  run_id           uuid NOT NULL,
  tenant_id        text NOT NULL,
  attempt          integer NOT NULL DEFAULT 1 CHECK (attempt >= 1),
  trigger          text NOT NULL CHECK (trigger IN ('SCHEDULE', 'MANUAL', 'RETRY')),
  manual_joined    boolean NOT NULL DEFAULT false,
  state            text NOT NULL DEFAULT 'PENDING' CHECK (state IN ('PENDING', 'CLAIMED', 'RUNNING')),
  fence            uuid,                          -- the whole authority to write; new with every claim
  epoch            bigint NOT NULL DEFAULT 0,
  change_no        bigint NOT NULL DEFAULT 0,
  config_version   bigint NOT NULL DEFAULT 0,
  page_seq         bigint NOT NULL DEFAULT 0,     -- pages committed
  complete         boolean NOT NULL DEFAULT false,-- the last page is committed
  created_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
  started_at       timestamptz,
  running_since    timestamptz,                   -- start of the present RUNNING span
  running_ms       bigint NOT NULL DEFAULT 0,     -- RUNNING time of the spans before
  not_before       timestamptz NOT NULL DEFAULT clock_timestamp(),
  wait_reason      text NOT NULL DEFAULT 'SLOT',
  wait_detail      text NOT NULL DEFAULT '',
  waited_since     timestamptz,                   -- start of the present series of rate-limit waits
  lease_expires_at timestamptz,                   -- while CLAIMED: the dispatch limit
  timeout_ms       bigint NOT NULL DEFAULT 3600000,-- of RUNNING time, as the claim found it
  deadline_at      timestamptz,
  process_id       uuid,                          -- the holder, or the last one
  executor         text NOT NULL DEFAULT '',
  fetched          bigint NOT NULL DEFAULT 0,
  created          bigint NOT NULL DEFAULT 0,
  updated          bigint NOT NULL DEFAULT 0,
  unchanged        bigint NOT NULL DEFAULT 0,
  deleted          bigint NOT NULL DEFAULT 0,
  rejected         bigint NOT NULL DEFAULT 0,
  pages            bigint NOT NULL DEFAULT 0,
  takeovers        bigint NOT NULL DEFAULT 0,
  rejected_reasons text[] NOT NULL DEFAULT '{}',
  retries_spent    integer NOT NULL DEFAULT 0,
  internal_retries integer NOT NULL DEFAULT 0,
  auth_retries     integer NOT NULL DEFAULT 0,
  backoff_class    text,                          -- of the failure before, while it waits in backoff
  dispatch_failures integer NOT NULL DEFAULT 0,
  lost_by          uuid[] NOT NULL DEFAULT '{}',  -- processes that were lost while they held it
  follow_up_id     uuid,                          -- the SyncLog reserved for after this run
  follow_up_at     timestamptz,
  CONSTRAINT fence_while_held CHECK ((state = 'PENDING') = (fence IS NULL)),
  CONSTRAINT lease_while_held CHECK (state = 'PENDING' OR lease_expires_at IS NOT NULL),
  CONSTRAINT started_when_running CHECK (state <> 'RUNNING' OR (started_at IS NOT NULL AND running_since IS NOT NULL))
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);

-- The queue, manual ones first; and what is held, for the reaper. Neither column changes with a page or a renewal.
CREATE INDEX live_queue ON syncline.live ((trigger = 'MANUAL' OR manual_joined) DESC, not_before)
  WHERE state = 'PENDING';
CREATE INDEX live_held ON syncline.live (integration_id) WHERE state <> 'PENDING';
CREATE INDEX live_log ON syncline.live (log_id);
CREATE INDEX live_run ON syncline.live (run_id);

-- Terminal attempts, insert-only. Partitioned by month of created_at, which never changes; the default partition catches
-- what no month was made for, so that a finish cannot fail for the want of one.
CREATE TABLE syncline.sync_history (
  log_id           uuid NOT NULL,
  created_at       timestamptz NOT NULL,
  run_id           uuid NOT NULL,
  integration_id   uuid NOT NULL,
  tenant_id        text NOT NULL,
  attempt          integer NOT NULL,
  trigger          text NOT NULL,
  status           syncline.sync_status NOT NULL CHECK (status IN ('SUCCESS', 'FAILED')),
  epoch            bigint NOT NULL,
  closing_fence    uuid,
  started_at       timestamptz,
  ended_at         timestamptz NOT NULL,
  duration_ms      bigint NOT NULL,
  fetched          bigint NOT NULL,
  created          bigint NOT NULL,
  updated          bigint NOT NULL,
  unchanged        bigint NOT NULL,
  deleted          bigint NOT NULL,
  rejected         bigint NOT NULL,
  pages            bigint NOT NULL,
  takeovers        bigint NOT NULL,
  rejected_reasons text[] NOT NULL,
  error_class      text,
  error_message    text,
  http_status      integer,
  executor         text NOT NULL,
  PRIMARY KEY (log_id, created_at),
  CONSTRAINT failed_has_class CHECK ((status = 'FAILED') = (error_class IS NOT NULL)),
  -- Rule 5, SUCCESS is earned:
  CONSTRAINT success_adds_up CHECK (
    status <> 'SUCCESS' OR fetched = created + updated + unchanged + rejected)
) PARTITION BY RANGE (created_at);

CREATE TABLE syncline.sync_history_default PARTITION OF syncline.sync_history DEFAULT;
CREATE INDEX sync_history_of_integration ON syncline.sync_history (integration_id, created_at DESC, log_id DESC);
CREATE INDEX sync_history_failed ON syncline.sync_history (integration_id, created_at DESC, log_id DESC)
  WHERE status = 'FAILED';
CREATE INDEX sync_history_of_tenant ON syncline.sync_history (tenant_id, created_at DESC, log_id DESC);
CREATE INDEX sync_history_run ON syncline.sync_history (run_id);

-- Makes the partitions of this month and the next `months_ahead`; a month that the default partition already holds
-- rows of stays there.
CREATE FUNCTION syncline.ensure_history_partitions(months_ahead integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  month timestamptz := date_trunc('month', clock_timestamp(), 'UTC');
  made integer := 0;
  part text;
BEGIN
  FOR i IN 0..months_ahead LOOP
    part := 'sync_history_' || to_char(month AT TIME ZONE 'UTC', 'YYYYMM');
    IF to_regclass('syncline.' || part) IS NULL
       AND NOT EXISTS (SELECT FROM syncline.sync_history_default
                       WHERE created_at >= month AND created_at < month + interval '1 month') THEN
      EXECUTE format('CREATE TABLE syncline.%I PARTITION OF syncline.sync_history FOR VALUES FROM (%L) TO (%L)',
                     part, month, date_trunc('month', month + interval '32 days', 'UTC'));
      made := made + 1;
    END IF;
    month := date_trunc('month', month + interval '32 days', 'UTC');
  END LOOP;
  RETURN made;
END $$;
SELECT syncline.ensure_history_partitions(3);

-- Answers of TriggerSync by request id, kept 7 days.
CREATE TABLE syncline.trigger_requests (
  tenant_id      text NOT NULL,
  request_id     text NOT NULL,
  integration_id uuid NOT NULL,
  after_current  boolean NOT NULL,
  run_id         uuid NOT NULL,
  joined         boolean NOT NULL,
  created_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant_id, request_id)
);
CREATE INDEX trigger_requests_age ON syncline.trigger_requests (created_at);

-- Executors by process, for people and for the poison verdict. Never decides who holds a run.
CREATE TABLE syncline.executors (
  process_id      uuid PRIMARY KEY,
  name            text NOT NULL,
  version         text NOT NULL,
  slots           integer NOT NULL,
  busy            integer NOT NULL DEFAULT 0,
  draining        boolean NOT NULL DEFAULT false,
  connector_types text[] NOT NULL,
  started_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  last_heard      timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 50);

-- Every SyncLog, whatever its state: what people, APIs and ORMs read, in one statement.
CREATE VIEW syncline.sync_logs AS
SELECT log_id AS id, run_id, integration_id, tenant_id,
       (CASE state WHEN 'RUNNING' THEN 'RUNNING' ELSE 'PENDING' END)::syncline.sync_status AS status,
       trigger, attempt, created_at, started_at, NULL::timestamptz AS ended_at,
       running_ms + CASE WHEN state = 'RUNNING'
         THEN (extract(epoch FROM clock_timestamp() - running_since) * 1000)::bigint ELSE 0 END AS duration_ms,
       fetched, created, updated, unchanged, deleted, rejected, pages, takeovers, rejected_reasons,
       NULL::text AS error_class, NULL::text AS error_message, NULL::integer AS http_status, executor, epoch,
       CASE state WHEN 'PENDING' THEN wait_reason WHEN 'CLAIMED' THEN 'DISPATCHING' END AS wait_reason,
       CASE WHEN state = 'PENDING' THEN wait_detail ELSE '' END AS wait_detail,
       CASE WHEN state = 'PENDING' AND wait_reason <> 'SLOT' THEN not_before END AS wait_until
FROM syncline.live
UNION ALL
SELECT log_id, run_id, integration_id, tenant_id, status, trigger, attempt, created_at, started_at, ended_at,
       duration_ms, fetched, created, updated, unchanged, deleted, rejected, pages, takeovers, rejected_reasons,
       error_class, error_message, http_status, executor, epoch, NULL, '', NULL
FROM syncline.sync_history
UNION ALL
SELECT follow_up_id, follow_up_id, integration_id, tenant_id, 'PENDING', 'MANUAL', 1, follow_up_at, NULL, NULL,
       0, 0, 0, 0, 0, 0, 0, 0, 0, '{}', NULL, NULL, NULL, '', 0, 'AFTER_CURRENT_RUN', '', NULL
FROM syncline.live WHERE follow_up_id IS NOT NULL;
