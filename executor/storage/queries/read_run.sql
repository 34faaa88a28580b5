-- Where a run stands, for a claim that begins and for a statement whose answer was lost. No row: the fence is gone.
-- One row for every checkpoint, or one without a stream. A stream whose pass is read to its end and not closed has
-- `done` and `unclosed`: its seen keys still stand under the checkpoint's own pass.
-- $1 integration, $2 fence
SELECT v.page_seq, v.complete, c.stream, c.definition_hash, c.cursor::text AS cursor,
       c.done_run_id IS NOT DISTINCT FROM v.run_id AS done,
       EXISTS (SELECT FROM syncline.snapshot_seen s
               WHERE s.integration_id = c.integration_id AND s.stream = c.stream AND s.pass_id = c.pass_id) AS unclosed
FROM syncline.live v LEFT JOIN syncline.checkpoints c ON c.integration_id = v.integration_id
WHERE v.integration_id = $1::uuid AND v.fence = $2::uuid
