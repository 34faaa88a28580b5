-- Completes runs that have nothing left to read: every stream was done by an attempt before, or under an older config.
-- A page of its own for each, under its fence and page number. A claim that goes no further than this is accepted by it,
-- as by a page. Rows are locked by id, as every statement over many of them does, and found one by one: a join is planned
-- for as many live rows as there were when it was planned.
-- $1 integrations, $2 their fences, $3 pages committed before, $4 lease in ms
WITH held AS MATERIALIZED (
  SELECT l.integration_id
  FROM (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) AS e (integration_id, fence, page_seq)
        ORDER BY e.integration_id) e
  CROSS JOIN LATERAL (
    SELECT v.integration_id FROM syncline.live v
    WHERE v.integration_id = e.integration_id AND v.fence = e.fence AND v.page_seq = e.page_seq
      AND v.state IN ('CLAIMED', 'RUNNING')
    FOR UPDATE OF v) l
)
UPDATE syncline.live v
SET page_seq = v.page_seq + 1,
    complete = true,
    lease_expires_at = clock_timestamp() + $4::bigint * interval '1 millisecond',
    state = 'RUNNING',
    started_at = COALESCE(v.started_at, clock_timestamp()),
    running_since = COALESCE(v.running_since, clock_timestamp()),
    deadline_at = COALESCE(v.deadline_at,
      clock_timestamp() + greatest(v.timeout_ms - v.running_ms, 0) * interval '1 millisecond'),
    dispatch_failures = 0
FROM held WHERE v.integration_id = held.integration_id
RETURNING v.fence, v.page_seq
