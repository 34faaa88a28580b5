-- What the poison verdict needs to know of each loss, how long a run has waited for its remote, and the indexes that find
-- what changed a moment ago (WatchSyncs). Added columns have defaults, so that older binaries go on beside.

ALTER TABLE syncline.live
  ADD COLUMN lost_at timestamptz[] NOT NULL DEFAULT '{}',     -- beside lost_by: when
  ADD COLUMN lost_alone boolean[] NOT NULL DEFAULT '{}',      -- beside lost_by: whether it ran alone on its executor
  ADD COLUMN alone boolean NOT NULL DEFAULT false,            -- the present claim has its executor to itself
  ADD COLUMN waited_ms bigint NOT NULL DEFAULT 0;             -- rate-limit waits of this run that are over

-- Losses that count toward the poison verdict: those of processes that were never heard of again. `in_solitude`
-- chooses the losses of claims that ran alone, or those of all others.
CREATE FUNCTION syncline.counted_losses(lost_by uuid[], lost_at timestamptz[], lost_alone boolean[], in_solitude boolean)
RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT count(*) FROM unnest(lost_by, lost_at, lost_alone) AS loss (process_id, at, alone)
  WHERE coalesce(loss.alone, false) = in_solitude
    AND NOT EXISTS (SELECT FROM syncline.executors x
                    WHERE x.process_id = loss.process_id AND x.last_heard > loss.at)
$$;

CREATE INDEX live_suspects ON syncline.live (integration_id) WHERE state = 'PENDING' AND cardinality(lost_by) >= 2;
CREATE INDEX sync_history_ended ON syncline.sync_history USING brin (ended_at) WITH (pages_per_range = 16);
CREATE INDEX integrations_updated ON syncline.integrations (updated_at);

-- A pass may go on in another attempt, which counts its pages from 1 again: page numbers do not tell its pages apart.
ALTER TABLE syncline.snapshot_seen
  ADD COLUMN page_id uuid NOT NULL DEFAULT gen_random_uuid(),
  DROP CONSTRAINT snapshot_seen_pkey,
  ADD PRIMARY KEY (integration_id, stream, pass_id, page_id);
