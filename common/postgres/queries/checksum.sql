-- The checksum of a script, computed where the stored ones were.
SELECT md5($1) AS checksum
