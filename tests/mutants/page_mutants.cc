// Mutants of pages and of delete marks.
#include "tests/mutants/mutants.h"

namespace syncline::mutants {
namespace {

constexpr std::string_view kStorage = "executor_storage_test";

// The counts of a page, under its fence and number. It names all parameters of write_page.
constexpr std::string_view kCountFirst = R"(
WITH parameters AS (
  SELECT $4::bigint, $6::text, $7::text, $8::boolean, $9::boolean, $10::boolean, $11::boolean, $12::boolean,
         $15::text[], $16::text[], $19::text[], $20::boolean, $21::boolean
), diff AS (
  SELECT old.hash IS NULL AS is_new
  FROM unnest($13::text[], $14::bytea[]) AS page (key, hash)
  LEFT JOIN syncline.records old
    ON old.integration_id = $1::uuid AND old.stream = $5::text AND old.key = page.key
  WHERE old.hash IS DISTINCT FROM page.hash OR old.deleted_at IS NOT NULL
), outcome AS (
  SELECT count(*) FILTER (WHERE is_new) AS created, count(*) FILTER (WHERE NOT is_new) AS updated FROM diff
)
UPDATE syncline.live v
SET fetched = v.fetched + $17::bigint, created = v.created + o.created, updated = v.updated + o.updated,
    unchanged = v.unchanged + $17::bigint - $18::bigint - o.created - o.updated, rejected = v.rejected + $18::bigint
FROM outcome o
WHERE v.integration_id = $1::uuid AND v.fence = $2::uuid AND v.page_seq = $3::bigint
)";

}  // namespace

std::vector<Mutant> PageMutants() {
  return {
      {.name = "page_without_fence",
       .fault = "a page is written whoever holds the run by now",
       .target = kStorage,
       .filter = "LiveRowTest.AStaleFenceOrAnotherPageWritesNothingAtAll",
       .patches = {{"write_page", "v.fence = $2::uuid", "$2::uuid IS NOT NULL"}}},
      {.name = "page_number_ignored",
       .fault = "a page that is sent again is counted again",
       .target = kStorage,
       .filter = "DoubtTest.APageThatCommittedUnheardIsFoundDoneAndCountsOnce",
       .patches = {{"write_page", "v.page_seq = $3::bigint", "$3::bigint IS NOT NULL"}}},
      {.name = "counts_outside_the_page",
       .fault = "a page is counted by a statement of its own",
       .target = kStorage,
       .filter = "DoubtTest.WhatTheDatabaseCannotStoreIsAnErrorWithAnSqlStateAndLeavesNothing",
       .patches = {{"write_page", "fetched = v.fetched + $17::bigint,",
                    "rejected = v.rejected + 0 * ($17::bigint + $18::bigint),\n      ",
                    "rejected_reasons = (v.rejected_reasons"}},
       .split_off = {{"write_page", true, kCountFirst}}},
      {.name = "stored_keys_count_as_unchanged",
       .fault = "a page that asks first takes every record that is stored for unchanged",
       .target = kStorage,
       .filter = "LiveRowTest.APageThatAsksFirstWritesAndCountsTheSame",
       .patches = {{"find_changed", "old.hash IS DISTINCT FROM page.hash", "old.hash IS NULL"}}},
      {.name = "delete_marks_after_partial_pass",
       .fault = "a pass that is not read to its end makes its delete marks",
       .target = "executor_core_test",
       .filter = "All/RunPlanTest.NextStep/in_the_middle",
       .in_code = true},
      {.name = "last_page_taken_for_its_pass",
       .fault = "a last page makes delete marks though it is not all of its pass",
       .target = kStorage,
       .filter = "SnapshotTest.StablePagingMarksAfterOnePass",
       .patches = {{"write_page", "WHERE $21::boolean AND r.integration_id",
                    "WHERE ($21::boolean OR $11::boolean) AND r.integration_id"}}},
      {.name = "newest_records_are_not_compared",
       .fault = "delete marks leave out what the last page before the pass wrote",
       .target = kStorage,
       .filter = "SnapshotTest.WhatAPassThatBeganAnewHadWrittenBeforeIsCompared",
       .patches = {{"close_snapshot",
                    "r.change_no <= (SELECT p.last_change FROM pass p)\n    EXCEPT",
                    "r.change_no < (SELECT p.last_change FROM pass p)\n    EXCEPT"}}},
      {.name = "one_shifting_pass_proves",
       .fault = "one pass is enough for delete marks also where records move between pages",
       .target = kStorage,
       .filter = "SnapshotTest.APassThatWasGivenUpIsForgottenAndBreaksTheRow",
       .patches = {{"close_snapshot", "AND NOT c.pass_resumed)\n",
                    "AND NOT c.pass_resumed) OR true\n"}}},
  };
}

}  // namespace syncline::mutants
