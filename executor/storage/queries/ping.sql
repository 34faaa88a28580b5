-- Whether the schema can be used: fails while the database is away, and before the first migration.
SELECT 1 AS one FROM syncline.live LIMIT 1
