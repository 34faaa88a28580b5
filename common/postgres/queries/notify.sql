-- A hint, in a transaction of its own: a committing NOTIFY takes a database-wide lock.
SELECT pg_notify($1, $2)
