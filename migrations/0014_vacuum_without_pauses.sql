-- A cycle leaves dead rows in both, and they are short or narrow: a VACUUM takes some tens of milliseconds when it comes
-- in time. With the pauses that PostgreSQL makes for large tables it took minutes at 20,000 cycles a second, in which
-- two million more died. How soon it comes is the server's `autovacuum_naptime`: ten seconds, not a minute (docs/operations.md).
ALTER TABLE syncline.live SET (autovacuum_vacuum_cost_delay = 0);
ALTER TABLE syncline.integrations SET (autovacuum_vacuum_cost_delay = 0);
