-- Makes the history partitions of this month and the next three.
SELECT syncline.ensure_history_partitions(3) AS made
