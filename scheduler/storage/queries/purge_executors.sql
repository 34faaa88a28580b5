-- Forgets executors a week after they were last heard of.
DELETE FROM syncline.executors WHERE last_heard < clock_timestamp() - interval '7 days'
