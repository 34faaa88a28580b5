-- What a request id made, to tell a repetition from a reuse. Deleting an integration forgets its request id.
--   $1 text tenant   $2 text request id
SELECT id, create_request_hash AS hash FROM syncline.integrations WHERE tenant_id = $1 AND create_request_id = $2
