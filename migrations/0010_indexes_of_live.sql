-- A SyncLog is looked up by its run among follow-ups, too (the view sync_logs): without an index that reads the whole of
-- `live`, with everything dead that autovacuum has not come for yet, for every answer of a trigger. Follow-ups are few,
-- and neither a page nor a renewal changes the column.
CREATE INDEX live_follow_up ON syncline.live (follow_up_id) WHERE follow_up_id IS NOT NULL;

-- What is held is read as a whole by its index, which any column does for that does not change while a run is held. By
-- integration_id it was also taken for finding one row, and found the dead rows of all runs that the integration
-- had since autovacuum was there, where the primary key, which each insert cleans, finds the one.
DROP INDEX syncline.live_held;
CREATE INDEX live_held ON syncline.live (process_id) WHERE fence IS NOT NULL;
