-- The same, and null when it gave way to whoever uses the history: then it is worth another try soon, where the next one used
-- to come a minute later. Older binaries take null for ''.
-- To be replaced makes a function its caller's again; where roles.sql has made it the owner's, it stays so.
SELECT set_config('syncline.drops_as_owner', prosecdef::text, true) FROM pg_catalog.pg_proc
WHERE oid = 'syncline.drop_old_history(interval)'::regprocedure;

CREATE OR REPLACE FUNCTION syncline.drop_old_history(retention interval) RETURNS text
LANGUAGE plpgsql SET lock_timeout = '50ms' AS $$
DECLARE
  old text;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtextextended('syncline.sync_history', 0)) THEN
    RETURN '';  -- another scheduler is at it
  END IF;
  DELETE FROM syncline.sync_history_default WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM syncline.sync_history_default WHERE created_at < clock_timestamp() - retention LIMIT 10000));
  SELECT name INTO old FROM syncline.history_partitions() WHERE ends <= clock_timestamp() - retention ORDER BY ends LIMIT 1;
  IF old IS NULL THEN
    RETURN '';
  END IF;
  EXECUTE format('DROP TABLE syncline.%I', old);
  RETURN old;
EXCEPTION WHEN lock_not_available THEN
  RETURN NULL;
END $$;

DO $$ BEGIN
  IF current_setting('syncline.drops_as_owner')::boolean THEN
    ALTER FUNCTION syncline.drop_old_history(interval) SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
  END IF;
END $$;
