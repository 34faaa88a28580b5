-- What a claim hands to its executor beside the run itself: the sealed credentials, and where its streams go on. A statement
-- of its own, after the claim: the claim's snapshot may be older than its locks, and a credential or a checkpoint changed in
-- between would be read as it was before the change. A credential that changes after the claim takes the fence
-- away, and nobody without that fence moves a checkpoint.
--   $1 uuid[]  integration ids
SELECT c.integration_id, c.name, c.sealed, NULL AS definition_hash, NULL AS cursor, NULL::uuid AS done_run_id,
       false AS unclosed
FROM syncline.credentials c WHERE c.integration_id = ANY ($1::uuid[])
UNION ALL
SELECT p.integration_id, p.stream, NULL, p.definition_hash, p.cursor::text, p.done_run_id,
       EXISTS (SELECT FROM syncline.snapshot_seen s
               WHERE s.integration_id = p.integration_id AND s.stream = p.stream AND s.pass_id = p.pass_id)
FROM syncline.checkpoints p WHERE p.integration_id = ANY ($1::uuid[])
