-- The stored answer of a request id, with what it was asked for, to tell a repetition from a reuse.
--   $1 text tenant   $2 text request id   $3 uuid id or null   $4 text external id or null
SELECT r.integration_id, r.after_current, r.run_id, r.joined,
       coalesce(r.integration_id = $3::uuid, r.integration_id IN (
         SELECT g.id FROM syncline.integrations g WHERE g.tenant_id = $1 AND g.external_id = $4)) AS same_integration
FROM syncline.trigger_requests r WHERE r.tenant_id = $1 AND r.request_id = $2
