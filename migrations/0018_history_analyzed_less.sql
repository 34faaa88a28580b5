-- A partition of the history is analyzed when its rows have doubled, not when they are a tenth more: one that has just begun was
-- analyzed at each visit of autovacuum, 0.4 s of a processor, which all else waited for (docs/adr/0015-vacuum.md). Its statements
-- go by index whatever the figures are.
DO $$
DECLARE
  partition regclass;
BEGIN
  FOR partition IN SELECT inhrelid FROM pg_catalog.pg_inherits WHERE inhparent = 'syncline.sync_history'::regclass LOOP
    EXECUTE format('ALTER TABLE %s SET (autovacuum_analyze_scale_factor = 1)', partition);
  END LOOP;
END $$;

-- To be replaced makes a function its caller's again; where roles.sql has made it the owner's, it stays so.
SELECT set_config('syncline.extends_as_owner', prosecdef::text, true) FROM pg_catalog.pg_proc
WHERE oid = 'syncline.extend_history(interval)'::regprocedure;

CREATE OR REPLACE FUNCTION syncline.extend_history(retention interval) RETURNS integer
LANGUAGE plpgsql SET lock_timeout = '50ms' AS $$
DECLARE
  width interval := least(greatest(retention / 12, '10 s'), '7 days');
  until timestamptz := clock_timestamp() + greatest(4 * width, '3 min');
  begins timestamptz;
  made integer := 0;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtextextended('syncline.sync_history', 0)) THEN
    RETURN 0;  -- another scheduler is at it
  END IF;
  -- After what the default partition holds already, which could not move.
  SELECT greatest(max(ends), date_trunc('second', clock_timestamp()),
                  (SELECT date_trunc('second', max(created_at)) + interval '1 s' FROM syncline.sync_history_default))
  INTO begins FROM syncline.history_partitions();
  WHILE begins < until LOOP
    EXECUTE format('CREATE TABLE syncline.%I PARTITION OF syncline.sync_history FOR VALUES FROM (%L) TO (%L)'
                   ' WITH (autovacuum_analyze_scale_factor = 1)',
                   'sync_history_' || to_char(begins AT TIME ZONE 'UTC', 'YYYYMMDD"t"HH24MISS'), begins, begins + width);
    begins := begins + width;
    made := made + 1;
  END LOOP;
  RETURN made;
EXCEPTION WHEN lock_not_available THEN
  RETURN 0;
END $$;

DO $$ BEGIN
  IF current_setting('syncline.extends_as_owner')::boolean THEN
    ALTER FUNCTION syncline.extend_history(interval) SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
  END IF;
END $$;
