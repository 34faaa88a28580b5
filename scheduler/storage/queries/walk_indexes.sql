-- For the rest of the transaction: an index is walked itself, never gathered into a bitmap first. A bitmap of an index of `live` finds
-- all rows that are dead anew each time; a walk marks them, and those after it pass them by.
SELECT set_config('enable_bitmapscan', 'off', true)
