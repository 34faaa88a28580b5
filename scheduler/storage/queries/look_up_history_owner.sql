-- Whether an integration is or ever was: a deleted one's history stays readable by its id.
--   $1 text tenant   $2 uuid integration
SELECT EXISTS (SELECT FROM syncline.integrations WHERE id = $2::uuid AND tenant_id = $1)
    OR EXISTS (SELECT FROM syncline.sync_history WHERE integration_id = $2::uuid AND tenant_id = $1) AS known
