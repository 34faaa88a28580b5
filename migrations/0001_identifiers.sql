-- Ids and the schedule's grid, computed by the database, so that its clock alone decides.

CREATE TYPE syncline.sync_status AS ENUM ('PENDING', 'RUNNING', 'SUCCESS', 'FAILED');

-- A UUIDv7 (RFC 9562, section 5.7): 48 bits of milliseconds, 12 bits of the millisecond's fraction (method 3 of
-- section 6.2), 62 random bits. PostgreSQL 15 has none of its own.
CREATE FUNCTION syncline.uuid_v7() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
  SELECT (lpad(to_hex(us / 1000), 12, '0') || '7' || lpad(to_hex(us % 1000 * 4096 / 1000), 3, '0')
          || substr(translate(gen_random_uuid()::text, '-', ''), 17))::uuid
  FROM (SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS us) AS clock
$$;

-- The phase of an integration on its grid: the low 32 bits of its id (random in a UUIDv7) modulo the interval, so that
-- integrations that are imported together do not sync together. The same as scheduler/core/next_sync.h.
CREATE FUNCTION syncline.grid_shift(id uuid, interval_seconds integer) RETURNS interval
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT make_interval(secs => ('x' || right(id::text, 8))::bit(32)::bigint % interval_seconds)
$$;

-- The next point of the grid anchor + n × interval (n any integer) that is strictly after `after`; null for a
-- null interval. The same as scheduler/core/next_sync.h, and a test holds the two together.
CREATE FUNCTION syncline.next_tick(anchor timestamptz, interval_seconds integer, after timestamptz)
RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT anchor + (floor(extract(epoch FROM after - anchor) / interval_seconds) + 1)::bigint
                  * interval_seconds * interval '1 second'
$$;
