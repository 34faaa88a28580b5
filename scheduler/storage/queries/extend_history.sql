-- Makes the history partitions of the time ahead.
--   $1 bigint how long history is kept, s
SELECT syncline.extend_history($1::bigint * interval '1 s') AS made
