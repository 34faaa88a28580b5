-- Marks a locked integration deleted and erases its credentials. Its request id is forgotten, so that the same call makes a
-- new one.
--   $1 uuid integration
WITH erased AS (
  DELETE FROM syncline.credentials WHERE integration_id = $1::uuid
)
UPDATE syncline.integrations
SET deleted_at = clock_timestamp(), updated_at = clock_timestamp(), version = version + 1, next_sync_at = NULL,
    create_request_id = NULL, create_request_hash = NULL
WHERE id = $1::uuid
