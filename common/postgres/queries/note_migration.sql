-- Remembers a migration, in the transaction that applied it.
INSERT INTO syncline.migrations (version, name, checksum) VALUES ($1, $2, md5($3))
