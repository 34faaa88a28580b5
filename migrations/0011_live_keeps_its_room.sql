-- Autovacuum gave the end of `live` back to the system each time, under a lock that nobody passes: up to half a second for
-- triggers, and what was given back was asked for again in the next moment. The table keeps the room that a minute
-- of its busiest load needs.
ALTER TABLE syncline.live SET (vacuum_truncate = off);
