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

-- The functions as they are, with what roles.sql may have made of them, and one thing more each. A drop locks the history as a
-- whole before its partition, and all who write history wait behind it: it asks for the partition first, at once or not
-- at all, as a vacuum may have it, and gives way after 20 ms instead of 50.
DO $$ BEGIN
  EXECUTE replace(pg_get_functiondef('syncline.extend_history(interval)'::regprocedure),
    'FOR VALUES FROM (%L) TO (%L)', 'FOR VALUES FROM (%L) TO (%L) WITH (autovacuum_analyze_scale_factor = 1)');
  EXECUTE replace(pg_get_functiondef('syncline.drop_old_history(interval)'::regprocedure),
    'EXECUTE format(''DROP TABLE', 'EXECUTE format(''LOCK TABLE syncline.%I IN ACCESS EXCLUSIVE MODE NOWAIT'', old);
  EXECUTE format(''DROP TABLE');
END $$;
ALTER FUNCTION syncline.drop_old_history(interval) SET lock_timeout = '20ms';
