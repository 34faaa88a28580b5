-- The same ticks, in the statement that asks for them: adding an interval depends on the session's time zone (days of 23 hours),
-- so that PostgreSQL calls the sum STABLE, and a function that claims to be more than its body is run as a query
-- of its own for each row. A span of seconds has no days; the result is the same in every zone.
CREATE OR REPLACE FUNCTION syncline.next_tick(anchor timestamptz, interval_seconds integer, after timestamptz)
RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT anchor + make_interval(secs =>
    (floor(date_part('epoch', after - anchor) / interval_seconds) + 1) * interval_seconds)
$$;
