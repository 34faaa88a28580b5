-- The credentials of an integration as a whole: what is not named goes.
--   $1 uuid integration   $2 text[] names   $3 bytea[] sealed
WITH given AS (
  SELECT * FROM unnest($2::text[], $3::bytea[]) AS g (name, sealed)
), gone AS (
  DELETE FROM syncline.credentials c WHERE c.integration_id = $1::uuid AND c.name <> ALL ($2::text[])
)
INSERT INTO syncline.credentials (integration_id, name, sealed)
SELECT $1::uuid, given.name, given.sealed FROM given
ON CONFLICT (integration_id, name) DO UPDATE SET sealed = excluded.sealed, updated_at = clock_timestamp()
