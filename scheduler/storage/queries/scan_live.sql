-- Every active run for WatchSyncs: its state as one number, and how far it is as another, which alone changes with a page.
-- What a renewal changes is part of neither.
SELECT integration_id, tenant_id, page_seq AS progress,
       hashtextextended(concat_ws(' ', log_id, state, wait_reason, wait_detail, not_before, takeovers, manual_joined,
                                  follow_up_id, executor), 0) AS digest
FROM syncline.live
