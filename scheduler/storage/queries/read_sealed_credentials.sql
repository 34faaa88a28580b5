-- The sealed credentials of claimed integrations. A statement of its own, after the claim: the claim's snapshot may be
-- older than its locks, and a credential changed in between would be read as it was before the change. One that
-- changes after the claim takes the fence away.
--   $1 uuid[]  integration ids
SELECT integration_id, name, sealed FROM syncline.credentials WHERE integration_id = ANY ($1::uuid[])
