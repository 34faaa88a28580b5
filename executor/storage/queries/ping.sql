-- Whether the schema can be used: fails while the database is away, and before the first migration. Looks for a row that is
-- never there, since the first one of a table that changes all the time may be far behind what is dead.
SELECT 1 AS one FROM syncline.live WHERE integration_id = '00000000-0000-0000-0000-000000000000'
