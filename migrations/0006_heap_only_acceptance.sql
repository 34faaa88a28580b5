-- A column in the predicate of an index counts as indexed: an update that changes it cannot be heap-only. `state` changes when
-- a claim is accepted, and was in three predicates, so that each run's acceptance wrote every index of `live` anew. Whether
-- a row is held is the same as whether it has a fence (fence_while_held), and that changes with a claim and a release
-- only. Older binaries ask by `state`; until they are gone they read `live`, which is small, as a whole.
DROP INDEX syncline.live_queue, syncline.live_held, syncline.live_suspects;
CREATE INDEX live_queue ON syncline.live ((trigger = 'MANUAL' OR manual_joined) DESC, not_before)
  WHERE fence IS NULL;
CREATE INDEX live_held ON syncline.live (integration_id) WHERE fence IS NOT NULL;
CREATE INDEX live_suspects ON syncline.live (integration_id) WHERE fence IS NULL AND cardinality(lost_by) >= 2;
