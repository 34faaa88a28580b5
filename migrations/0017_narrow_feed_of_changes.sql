-- The feed of changes is indexed without keys: all entries of a page of records are equal then, and PostgreSQL keeps equal
-- ones as one with a list of places. A page of the feed sorts the records of a change number by key; since pages take one for
-- each thousand (write_page.sql), those are a thousand at most, but for larger pages that older binaries wrote. Whoever writes or
-- reads records waits meanwhile.
DROP INDEX syncline.records_changes;
CREATE INDEX records_changes ON syncline.records (integration_id, change_no, stream);
