-- As lock_integration, for callers that know the id: the first of two statements.
--   $1 uuid integration
SELECT i.id FROM syncline.integrations i WHERE i.id = $1::uuid FOR NO KEY UPDATE
