-- Completes a run that has nothing left to read: every stream was done by an attempt before, or under an older config.
-- A page of its own, under the same fence. A claim that goes no further than this is accepted by it, as by a page.
-- $1 integration, $2 fence, $3 pages committed before, $4 lease in ms
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
WHERE v.integration_id = $1::uuid AND v.fence = $2::uuid AND v.page_seq = $3::bigint
  AND v.state IN ('CLAIMED', 'RUNNING')
RETURNING v.page_seq, 0 AS created, 0 AS updated, 0 AS deleted
