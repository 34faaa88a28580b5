-- The same ids, made by one expression: a function with a FROM is run as a query of its own for each id, one without is
-- written into the statement that calls it. Milliseconds and their fraction together are microseconds × 4.096, of which
-- the version comes after the first twelve digits; what follows the third dash of a random UUID is variant and
-- random bits.
CREATE OR REPLACE FUNCTION syncline.uuid_v7() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
  SELECT (overlay(lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000000)::bigint * 512 / 125), 15, '0')
                  PLACING '7' FROM 13 FOR 0)
          || substr(gen_random_uuid()::text, 20))::uuid
$$;

-- The same ticks, in binary floating point, which holds microseconds exactly for centuries and takes less time than decimal
-- arithmetic does.
CREATE OR REPLACE FUNCTION syncline.next_tick(anchor timestamptz, interval_seconds integer, after timestamptz)
RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT anchor + make_interval(secs =>
    (floor(date_part('epoch', after - anchor) / interval_seconds) + 1) * interval_seconds)
$$;
