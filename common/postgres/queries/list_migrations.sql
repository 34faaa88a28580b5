-- What was applied, to find what is missing and what was changed since.
SELECT version, checksum FROM syncline.migrations
