-- A page of the feed of changes and deletions, in their order, behind a position. A page of a sync commits its records and
-- their change numbers together, and pages of one integration are serial: nothing appears behind what was read.
-- The index knows no keys, so that a plan may sort all that it reads. What the page can reach is therefore looked up
-- first, from the position on and a change number at a time: no plan reads more than that, whatever it is made of.
--   $1 uuid integration   $2 bigint change number, $3 text stream and $4 text key of the last one seen
--   $5 text stream or null   $6 bigint limit
WITH RECURSIVE reached (change_no, records) AS (
  SELECT $2::bigint, (SELECT count(*) FROM syncline.records r
                      WHERE r.integration_id = $1::uuid AND r.change_no = $2::bigint
                        AND (r.stream, r.key) > ($3::text, $4::text) AND ($5::text IS NULL OR r.stream = $5))
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
-- Records are made text when they have been sorted and cut to the page.
SELECT page.stream, page.key, page.data::text AS data, page.change_no, page.created_at, page.updated_at,
       page.deleted_at IS NOT NULL AS is_deleted
FROM (
  SELECT r.* FROM syncline.records r
  WHERE r.integration_id = $1::uuid AND (r.change_no, r.stream, r.key) > ($2::bigint, $3::text, $4::text)
    AND r.change_no <= (SELECT max(change_no) FROM reached) AND ($5::text IS NULL OR r.stream = $5)
  ORDER BY r.change_no, r.stream, r.key LIMIT $6::bigint) AS page
ORDER BY page.change_no, page.stream, page.key
