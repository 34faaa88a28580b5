-- One migrator at a time, and the table that remembers what was applied. The key is arbitrary and fixed: whoever
-- migrates Syncline's schema holds it, and the lock comes first since IF NOT EXISTS races without it.
SELECT pg_advisory_xact_lock(7094161836502183741);
CREATE SCHEMA IF NOT EXISTS syncline;
CREATE TABLE IF NOT EXISTS syncline.migrations (
  version    integer PRIMARY KEY,
  name       text NOT NULL,
  checksum   text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
