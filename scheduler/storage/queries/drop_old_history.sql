-- Drops the oldest history partition that is past its time; '' when there is none, null when it is in use.
--   $1 bigint how long history is kept, s
SELECT syncline.drop_old_history($1::bigint * interval '1 s') AS dropped
