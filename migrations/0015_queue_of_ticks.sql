-- The queue of ticks: what is due next, as narrow rows of their own. As an index on `integrations`, each tick that moved made
-- a new version of a wide row, which all indexes of that table had to learn. A claim takes a tick out of the queue in the
-- statement that makes its run, and the end of the run puts the next one in (finish_runs.sql); what else changes when an
-- integration is due next keeps its place here by the trigger below. An integration that may run by itself and has no live
-- row always has its row here. One that is not the integration's `next_sync_at` any more is passed over and goes
-- when old ones are looked for (prune_ticks.sql).
-- An older binary's claims and finishes keep the queue by the trigger; until they are gone they find what is due by reading
-- `integrations` as a whole.
CREATE TABLE syncline.ticks (
  due_at         timestamptz NOT NULL,
  integration_id uuid NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0,
        vacuum_truncate = off);

-- When an integration starts by itself; null: not before something changes.
CREATE FUNCTION syncline.due_at(enabled boolean, deleted_at timestamptz, blocked_reason text, next_sync_at timestamptz)
RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN enabled AND deleted_at IS NULL AND blocked_reason IS NULL THEN next_sync_at END
$$;

-- Filled while the table can still be read.
LOCK TABLE syncline.integrations IN SHARE ROW EXCLUSIVE MODE;
INSERT INTO syncline.ticks
SELECT next_sync_at, id FROM syncline.integrations
WHERE syncline.due_at(sync_enabled, deleted_at, blocked_reason, next_sync_at) IS NOT NULL;

-- Not unique: a tick that is there twice starts one run, by the primary key of `live`, and looking for a twin before each insert
-- costs as much as the insert. So no key names a row for logical replication; the whole row does.
CREATE INDEX ticks_due ON syncline.ticks (due_at, integration_id);
ALTER TABLE syncline.ticks REPLICA IDENTITY FULL;

-- Whoever makes and ends runs moves their ticks.
DO $$
DECLARE
  who regrole;
BEGIN
  FOR who IN SELECT DISTINCT a.grantee::regrole FROM pg_catalog.pg_class c, pg_catalog.aclexplode(c.relacl) a
             WHERE c.oid = 'syncline.live'::regclass AND a.privilege_type = 'DELETE' AND a.grantee <> 0 LOOP
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON syncline.ticks TO %s', who);
  END LOOP;
END $$;

-- Never by reading the whole queue, which a session's first plan would do while it looks short: it is as long as there are
-- integrations, and beside a load mostly dead rows.
CREATE FUNCTION syncline.keep_tick() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
  due timestamptz := syncline.due_at(NEW.sync_enabled, NEW.deleted_at, NEW.blocked_reason, NEW.next_sync_at);
BEGIN
  IF TG_OP <> 'INSERT' THEN
    DELETE FROM syncline.ticks
    WHERE due_at = OLD.next_sync_at AND integration_id = OLD.id;
  END IF;
  IF due IS NOT NULL THEN
    INSERT INTO syncline.ticks VALUES (due, NEW.id);
  END IF;
  RETURN NULL;
END $$;

-- Whoever could call it could write the queue as its owner.
REVOKE EXECUTE ON FUNCTION syncline.keep_tick() FROM PUBLIC;

-- Raised by a statement that keeps the queue itself, so that no trigger is called for each row of a batch.
ALTER TABLE syncline.integrations ADD COLUMN ticks_kept bigint NOT NULL DEFAULT 0;

CREATE TRIGGER begin_or_end_tick AFTER INSERT OR DELETE ON syncline.integrations FOR EACH ROW
EXECUTE FUNCTION syncline.keep_tick();
CREATE TRIGGER keep_tick AFTER UPDATE ON syncline.integrations FOR EACH ROW
WHEN (syncline.due_at(OLD.sync_enabled, OLD.deleted_at, OLD.blocked_reason, OLD.next_sync_at) IS DISTINCT FROM
      syncline.due_at(NEW.sync_enabled, NEW.deleted_at, NEW.blocked_reason, NEW.next_sync_at)
      AND NEW.ticks_kept = OLD.ticks_kept)
EXECUTE FUNCTION syncline.keep_tick();

DROP INDEX syncline.integrations_due;
