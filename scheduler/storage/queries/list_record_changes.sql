-- A page of the feed of changes and deletions, in their order, behind a position. A page of a sync commits its records and
-- their change numbers together, and pages of one integration are serial: nothing appears behind what was read.
-- The index knows no keys, so that a plan may sort all that it reads. What the page can reach is therefore looked up
-- first, a change number at a time: no plan reads more than that, whatever it is made of.
--   $1 uuid integration   $2 bigint change number, $3 text stream and $4 text key of the last one seen
--   $5 text stream or null   $6 bigint limit
WITH RECURSIVE reached (change_no, records) AS (
  SELECT $2::bigint, 0::bigint
  UNION ALL
  SELECT next.change_no, reached.records + next.records
  FROM reached CROSS JOIN LATERAL (
    SELECT n.change_no, (SELECT count(*) FROM syncline.records r
                         WHERE r.integration_id = $1::uuid AND r.change_no = n.change_no
                           AND ($5::text IS NULL OR r.stream = $5)) AS records
    FROM syncline.records n
    WHERE n.integration_id = $1::uuid AND n.change_no > reached.change_no
      -- A CASE: the planner would take the other way of saying it for a sieve, and read and sort all for the one it asks for.
      AND CASE WHEN $5::text IS NULL THEN true ELSE n.stream = $5 END
    ORDER BY n.change_no LIMIT 1) AS next
  WHERE reached.records < $6::bigint
)
SELECT stream, key, data::text AS data, change_no, created_at, updated_at, deleted_at IS NOT NULL AS is_deleted
FROM syncline.records
WHERE integration_id = $1::uuid AND (change_no, stream, key) > ($2::bigint, $3::text, $4::text)
  AND change_no <= (SELECT max(change_no) FROM reached) AND ($5::text IS NULL OR stream = $5)
ORDER BY change_no, stream, key LIMIT $6::bigint
