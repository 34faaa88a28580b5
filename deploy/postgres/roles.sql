-- The database roles of Syncline. Run it as a superuser on Syncline's database, once before the first `sync-scheduler
-- migrate` and again after each: the first run makes the roles, later ones grant what the migrations brought. It can be
-- repeated at any time, and takes over an installation that was migrated without it.
--
--   syncline_migrator   owns the schema; for `sync-scheduler migrate` alone
--   syncline_scheduler  reads and writes rows, changes no table, and of the history no row that is there
--   syncline_executor   writes what a run brings, under its fence; cannot read a credential nor make a fence
--   syncline_reader     reads what an ORM or a report needs; no credential, no fence
--
-- Nobody logs in as one of them. Give each program a login of its own that is a member of its role alone, and name the role
-- in SYNC_DATABASE_ROLE:
--   CREATE ROLE sync_executor_login LOGIN PASSWORD '…' NOINHERIT; GRANT syncline_executor TO sync_executor_login;

DO $$
DECLARE
  name text;
BEGIN
  -- Roles belong to the whole cluster: another database may have made them already.
  FOREACH name IN ARRAY ARRAY['syncline_migrator', 'syncline_scheduler', 'syncline_executor', 'syncline_reader'] LOOP
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = name) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN', name);
    END IF;
  END LOOP;
  EXECUTE format('GRANT CREATE ON DATABASE %I TO syncline_migrator', pg_catalog.current_database());
END $$;

CREATE SCHEMA IF NOT EXISTS syncline AUTHORIZATION syncline_migrator;
ALTER SCHEMA syncline OWNER TO syncline_migrator;

-- What was made under another name.
DO $$
DECLARE
  thing record;
BEGIN
  FOR thing IN
    SELECT c.oid::regclass AS name, CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind
    FROM pg_catalog.pg_class c
    WHERE c.relnamespace = 'syncline'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'S')
      AND c.relowner <> 'syncline_migrator'::regrole
  LOOP
    EXECUTE format('ALTER %s %s OWNER TO syncline_migrator', thing.kind, thing.name);
  END LOOP;
  FOR thing IN
    SELECT p.oid::regprocedure AS name FROM pg_catalog.pg_proc p
    WHERE p.pronamespace = 'syncline'::regnamespace AND p.proowner <> 'syncline_migrator'::regrole
  LOOP
    EXECUTE format('ALTER FUNCTION %s OWNER TO syncline_migrator', thing.name);
  END LOOP;
  FOR thing IN
    SELECT t.oid::regtype AS name FROM pg_catalog.pg_type t
    WHERE t.typnamespace = 'syncline'::regnamespace AND t.typtype = 'e' AND t.typowner <> 'syncline_migrator'::regrole
  LOOP
    EXECUTE format('ALTER TYPE %s OWNER TO syncline_migrator', thing.name);
  END LOOP;
END $$;

GRANT USAGE ON SCHEMA syncline TO syncline_scheduler, syncline_executor, syncline_reader;

-- What a migration makes is open for the scheduler until the next run of this file, but for changes of rows: a partition
-- of the history is made at any time, and stays so.
ALTER DEFAULT PRIVILEGES FOR ROLE syncline_migrator IN SCHEMA syncline GRANT SELECT, INSERT ON TABLES TO syncline_scheduler;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA syncline TO syncline_scheduler;

-- Each table by name, so that a new one is closed until somebody has thought about it.
DO $$
DECLARE
  open_columns text;
  owners text;
  history regclass;
BEGIN
  IF to_regclass('syncline.live') IS NULL THEN
    RETURN;  -- before the first migration
  END IF;
  REVOKE INSERT, UPDATE, DELETE ON syncline.migrations FROM syncline_scheduler;
  -- The history and its partitions.
  FOR history IN SELECT relid FROM pg_catalog.pg_partition_tree('syncline.sync_history') LOOP
    EXECUTE format('REVOKE UPDATE, DELETE ON %s FROM syncline_scheduler', history);
  END LOOP;

  -- Partitions can only be made and dropped by the owner of the table: the scheduler does it through these functions.
  FOREACH owners IN ARRAY ARRAY['ensure_history_partitions(integer)', 'extend_history(interval)', 'drop_old_history(interval)'] LOOP
    EXECUTE format('ALTER FUNCTION syncline.%s SECURITY DEFINER SET search_path = pg_catalog, pg_temp', owners);
    EXECUTE format('REVOKE EXECUTE ON FUNCTION syncline.%s FROM PUBLIC', owners);
    EXECUTE format('GRANT EXECUTE ON FUNCTION syncline.%s TO syncline_scheduler', owners);
  END LOOP;

  REVOKE ALL ON ALL TABLES IN SCHEMA syncline FROM syncline_executor, syncline_reader;

  GRANT SELECT ON syncline.live TO syncline_executor;
  GRANT UPDATE (page_seq, pages, change_no, fetched, created, updated, unchanged, deleted, rejected, rejected_reasons,
                complete, lease_expires_at, state, started_at, running_since, deadline_at, dispatch_failures)
    ON syncline.live TO syncline_executor;
  GRANT SELECT, INSERT, UPDATE ON syncline.records, syncline.checkpoints TO syncline_executor;
  GRANT SELECT, INSERT, DELETE ON syncline.snapshot_seen TO syncline_executor;

  GRANT SELECT ON syncline.integrations, syncline.sync_history, syncline.sync_logs, syncline.records,
                  syncline.checkpoints, syncline.executors, syncline.migrations TO syncline_reader;
  SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO open_columns
  FROM pg_catalog.pg_attribute
  WHERE attrelid = 'syncline.live'::regclass AND attnum > 0 AND NOT attisdropped AND attname <> 'fence';
  EXECUTE format('GRANT SELECT (%s) ON syncline.live TO syncline_reader', open_columns);
END $$;
