-- What the syncs bring, written by executors under their fence.

CREATE TABLE syncline.records (
  integration_id uuid NOT NULL,
  stream         text NOT NULL,
  key            text NOT NULL,
  data           jsonb NOT NULL,
  hash           bytea NOT NULL,                  -- of the record's canonical text, 16 bytes
  change_no      bigint NOT NULL,                 -- the page that changed it last
  created_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  deleted_at     timestamptz,
  PRIMARY KEY (integration_id, stream, key)
);
-- The feed of changes: ListRecords(changed_after).
CREATE INDEX records_changes ON syncline.records (integration_id, change_no, stream, key);

-- Where a stream goes on, committed with the page that got it there. Belongs to the hash of the stream's definition and is
-- dropped when that changes. `cursor` is the connector's own; `pass_id` names a snapshot's pass over the stream.
CREATE TABLE syncline.checkpoints (
  integration_id  uuid NOT NULL,
  stream          text NOT NULL,
  definition_hash text NOT NULL,
  cursor          jsonb NOT NULL DEFAULT '{}',
  pass_id         uuid NOT NULL,
  pass_run_id     uuid NOT NULL,                  -- the run that began the pass
  pass_resumed    boolean NOT NULL DEFAULT false, -- the pass was resumed by another claim
  previous_pass_id uuid,                          -- the pass before, when it was complete and never resumed
  done_run_id     uuid,                           -- the run that finished the stream
  updated_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (integration_id, stream)
);

-- The keys that a pass over a snapshot stream saw, one row a page.
CREATE TABLE syncline.snapshot_seen (
  integration_id uuid NOT NULL,
  stream         text NOT NULL,
  pass_id        uuid NOT NULL,
  page_seq       bigint NOT NULL,
  keys           text[] NOT NULL,
  PRIMARY KEY (integration_id, stream, pass_id, page_seq)
);
