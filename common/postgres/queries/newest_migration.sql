-- The schema's version.
SELECT coalesce(max(version), 0) AS version FROM syncline.migrations
