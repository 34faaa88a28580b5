-- Which records of a page are new or other than what is stored, by their places in it. Changes nothing and locks nothing:
-- asked before write_page.sql, it spares the data of all others the way. Only the holder of the fence changes records, so
-- what was read under a fence is still true when a page commits under it.
-- $1 integration, $2 stream, $3 keys, $4 hashes
SELECT page.place
FROM unnest($3::text[], $4::bytea[]) WITH ORDINALITY AS page (key, hash, place)
LEFT JOIN LATERAL (
  SELECT r.hash, r.deleted_at FROM syncline.records r
  WHERE r.integration_id = $1::uuid AND r.stream = $2::text AND r.key = page.key
  LIMIT 1) AS old ON true
WHERE old.hash IS DISTINCT FROM page.hash OR old.deleted_at IS NOT NULL
