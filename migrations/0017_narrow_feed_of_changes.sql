-- The feed of changes is kept without keys: all entries of a page of records are equal then, and PostgreSQL keeps equal
-- ones together. A page of the feed sorts the records of one change number by key; since pages take one for each thousand
-- (write_page.sql), those are a thousand at most, but for the larger pages of older binaries. What writes records waits meanwhile.
DROP INDEX syncline.records_changes;
CREATE INDEX records_changes ON syncline.records (integration_id, change_no, stream);
