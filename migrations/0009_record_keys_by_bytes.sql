-- Keys of records are compared byte by byte and not by the rules of a language: page and look-up take half the time, and
-- an update of the machine's C library, which may order texts anew, cannot make these indexes wrong. Only the indexes
-- are built anew. Older binaries go on beside: their statements compare with whatever collation the column has, and
-- wait meanwhile as they do while the database is away.

ALTER TABLE syncline.records
  ALTER COLUMN stream TYPE text COLLATE "C",
  ALTER COLUMN key TYPE text COLLATE "C";
ALTER TABLE syncline.checkpoints
  ALTER COLUMN stream TYPE text COLLATE "C";
ALTER TABLE syncline.snapshot_seen
  ALTER COLUMN stream TYPE text COLLATE "C",
  ALTER COLUMN keys TYPE text[] COLLATE "C";
