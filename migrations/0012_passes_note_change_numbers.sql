-- What a pass over a snapshot stream wrote, it has seen: its delete marks need compare only what is older than the pass with
-- the keys that it saw. Of the rows of older binaries this is not known, and such a pass compares everything.
ALTER TABLE syncline.snapshot_seen ADD COLUMN change_no bigint;  -- the integration's, before the page
