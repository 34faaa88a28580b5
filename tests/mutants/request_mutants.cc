// Mutants of what users ask for while runs are active: trigger, cancel, change, delete.
#include "tests/mutants/mutants.h"

namespace syncline::mutants {
namespace {

constexpr std::string_view kStorage = "scheduler_storage_test";

}  // namespace

std::vector<Mutant> RequestMutants() {
  return {
      {.name = "request_id_ignored",
       .fault = "a trigger with a request id that came before is a new trigger",
       .target = kStorage,
       .filter = "TriggerStoreTest.ARequestIdIsAnsweredAlikeAfterItsRunHasEnded",
       .patches = {{"trigger_run", "FROM l JOIN fresh ON fresh.id = l.integration_id",
                    "FROM l JOIN fresh ON fresh.id = l.integration_id\n"
                    "  ON CONFLICT (tenant_id, request_id) DO UPDATE\n"
                    "  SET integration_id = excluded.integration_id, joined = excluded.joined,\n"
                    "      after_current = excluded.after_current, run_id = excluded.run_id"}}},
      {.name = "trigger_without_lock",
       .fault = "a trigger does not lock its integration",
       .target = kStorage,
       .filter = "TriggerStoreTest.ATriggerThatWaitedForADeleteLeavesNoRun",
       .patches = {{"trigger_run", "  FOR NO KEY UPDATE\n", ""}}},
      {.name = "trigger_trusts_its_snapshot",
       .fault = "a trigger that waited for a change takes the credentials from before it",
       .target = kStorage,
       .filter = "EquippedTriggerTest.ACredentialThatChangesWhileATriggerWaitsIsReadAfterIt",
       .patches = {{"trigger_run", "WHERE g.id = fresh.id) AS equipped",
                    "WHERE g.id = fresh.id) IS NOT NULL AS equipped"},
                   {"trigger_run", "fresh.row_version = (SELECT", "(SELECT"}}},
      {.name = "delete_in_one_statement",
       .fault = "a deletion looks for the run in the statement that locks the integration",
       .target = kStorage,
       .filter = "IntegrationChangesTest.ARunMadeWhileADeletionWaitsForTheLockIsClosedToo",
       .patches = {{"lock_integration", "FOR NO KEY UPDATE", ""},
                   {"cancel_run", "WITH l AS MATERIALIZED (",
                    "WITH locked AS MATERIALIZED (\n"
                    "  SELECT g.id FROM syncline.integrations g WHERE g.id = $1::uuid"
                    " FOR NO KEY UPDATE\n"
                    "), l AS MATERIALIZED ("},
                   {"cancel_run", "WHERE v.integration_id = $1::uuid FOR UPDATE",
                    "WHERE v.integration_id = (SELECT id FROM locked) FOR UPDATE"}}},
      {.name = "cancel_by_log_id",
       .fault = "a cancel ends the attempt that it names, not the run",
       .target = kStorage,
       .filter = "CancelTest.ARunIsCancelledByAnyOfItsAttempts",
       .patches = {{"find_run", "SELECT run_id, integration_id",
                    "SELECT id AS run_id, integration_id"},
                   {"find_run", "(id = $2::uuid OR run_id = $2::uuid)", "id = $2::uuid"},
                   {"cancel_run", "WHEN 'RUN' THEN v.run_id = $4::uuid",
                    "WHEN 'RUN' THEN v.log_id = $4::uuid"}}},
      {.name = "cancel_leaves_the_tick",
       .fault = "after a cancel, a tick that has passed starts at once",
       .target = kStorage,
       .filter = "CancelTest.EveryStateEndsAtOnceAndTheExecutorIsTold",
       .patches = {{"cancel_run", "CASE WHEN t.sync_enabled", "t.next_sync_at ", "AS next\n"}}},
      {.name = "config_change_keeps_the_fence",
       .fault = "a run goes on with what it fetches under an old config",
       .target = kStorage,
       .filter = "IntegrationChangesTest."
                 "ANewConfigTakesTheFenceAndTheRunBeginsAgainFromItsCheckpoint",
       .patches = {{"restart_run", "FROM held WHERE v.integration_id = held.integration_id",
                    "FROM held WHERE v.integration_id = held.integration_id AND false"}}},
  };
}

}  // namespace syncline::mutants
