-- An executor's hello; says whether it is news: nothing was heard of the process within the last lease.
--   $1 uuid process   $2 text name   $3 text version   $4 int slots   $5 text[] connector types   $6 int busy
--   $7 bigint lease in ms
INSERT INTO syncline.executors (process_id, name, version, slots, connector_types, busy)
VALUES ($1::uuid, $2, $3, $4::int, $5::text[], $6::int)
ON CONFLICT (process_id) DO UPDATE
SET name = excluded.name, version = excluded.version, slots = excluded.slots, busy = excluded.busy,
    connector_types = excluded.connector_types, draining = false, last_heard = clock_timestamp()
RETURNING NOT EXISTS ( -- as it was before this statement
  SELECT FROM syncline.executors before
  WHERE before.process_id = $1::uuid AND before.last_heard > clock_timestamp() - $7::bigint * interval '1 ms'
) AS news
