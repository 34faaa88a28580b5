-- History ends: what is older than SYNC_HISTORY_RETENTION goes by dropping its partition, which costs no row a write. A
-- partition is a twelfth of that wide, and begins where the newest one ends, so that the setting can change.
--
-- Both functions take locks for a moment only: where a long query stands in the way they give up and are called again,
-- instead of letting every finish queue behind them.

-- The partitions with where they end; the default one apart, which has no bounds.
CREATE FUNCTION syncline.history_partitions(OUT name text, OUT ends timestamptz) RETURNS SETOF record
LANGUAGE sql STABLE AS $$
  SELECT c.relname, (regexp_match(pg_get_expr(c.relpartbound, c.oid), $re$TO \('([^']+)'\)$re$))[1]::timestamptz
  FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
  WHERE i.inhparent = 'syncline.sync_history'::regclass AND pg_get_expr(c.relpartbound, c.oid) <> 'DEFAULT'
$$;

-- Those of months that hold nothing yet give way. Until the first scheduler has started, the default one takes what comes.
DO $$
DECLARE
  part text;
  used boolean;
BEGIN
  FOR part IN SELECT name FROM syncline.history_partitions() LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM syncline.%I)', part) INTO used;
    IF NOT used THEN
      EXECUTE format('DROP TABLE syncline.%I', part);
    END IF;
  END LOOP;
END $$;

-- Makes partitions for now and ahead, four more or some minutes; how many were made, 0 also when it has to wait.
CREATE FUNCTION syncline.extend_history(retention interval) RETURNS integer
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
    EXECUTE format('CREATE TABLE syncline.%I PARTITION OF syncline.sync_history FOR VALUES FROM (%L) TO (%L)',
                   'sync_history_' || to_char(begins AT TIME ZONE 'UTC', 'YYYYMMDD"t"HH24MISS'), begins, begins + width);
    begins := begins + width;
    made := made + 1;
  END LOOP;
  RETURN made;
EXCEPTION WHEN lock_not_available THEN
  RETURN 0;
END $$;

-- Of older binaries, which may call it beside newer ones.
CREATE OR REPLACE FUNCTION syncline.ensure_history_partitions(months_ahead integer) RETURNS integer
LANGUAGE sql AS $$ SELECT syncline.extend_history('84 days') $$;

-- Drops the oldest partition all of whose rows are older than `retention`, and a batch of such rows of the default one; the
-- partition's name, '' when there is none or it is in use.
CREATE FUNCTION syncline.drop_old_history(retention interval) RETURNS text
LANGUAGE plpgsql SET lock_timeout = '50ms' AS $$
DECLARE
  old text;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtextextended('syncline.sync_history', 0)) THEN
    RETURN '';
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
  RETURN '';
END $$;

-- With what the filters compare: counting failures then reads no row. They are few.
DROP INDEX syncline.sync_history_failed;
CREATE INDEX sync_history_failed ON syncline.sync_history (integration_id, created_at DESC, log_id DESC)
  INCLUDE (tenant_id, trigger, status) WHERE status = 'FAILED';
