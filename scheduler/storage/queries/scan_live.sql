-- The state of every active run as one number, for WatchSyncs: what a page or a renewal changes is not part of it.
SELECT integration_id, tenant_id,
       hashtextextended(concat_ws(' ', log_id, state, wait_reason, wait_detail, not_before, takeovers, manual_joined,
                                  follow_up_id, executor), 0) AS digest
FROM syncline.live
