// Mutants of runs: claims, leases, ends.
#include "tests/mutants/mutants.h"

namespace syncline::mutants {
namespace {

constexpr std::string_view kStorage = "scheduler_storage_test";
constexpr std::string_view kApp = "scheduler_app_storage_test";

// A whole new row under the same key, in place of the update of next_attempt.
constexpr std::string_view kDeleteAndInsert = R"(next_attempt AS (
  DELETE FROM syncline.live v USING ending e
  WHERE v.integration_id = e.integration_id AND e.next_id IS NOT NULL
  RETURNING v.*
), born_again AS (
  INSERT INTO syncline.live
    (integration_id, log_id, run_id, tenant_id, attempt, trigger, manual_joined, epoch, change_no, config_version,
     complete, created_at, not_before, wait_reason, wait_detail, waited_ms, process_id, backoff_class, retries_spent,
     internal_retries, auth_retries, follow_up_id, follow_up_at)
  SELECT integration_id, e.next_id, CASE WHEN e.retry_delay IS NULL THEN e.next_id ELSE e.run_id END, e.tenant_id,
         CASE WHEN e.retry_delay IS NULL THEN 1 ELSE e.attempt + 1 END,
         CASE WHEN e.retry_delay IS NULL THEN 'MANUAL' ELSE 'RETRY' END,
         n.manual_joined AND e.retry_delay IS NOT NULL, e.epoch, e.change_no, n.config_version,
         n.complete AND e.retry_delay IS NOT NULL,
         CASE WHEN e.retry_delay IS NULL THEN n.follow_up_at ELSE e.ended_at END,
         e.ended_at + coalesce(e.retry_delay, 0) * interval '1 ms',
         CASE WHEN e.retry_delay IS NULL THEN 'SLOT' ELSE 'BACKOFF' END, coalesce(e.retry_detail, ''),
         CASE WHEN e.retry_delay IS NULL THEN 0 ELSE n.waited_ms END, n.process_id,
         CASE WHEN e.retry_delay IS NOT NULL THEN e.error_class END,
         CASE WHEN e.retry_delay IS NULL THEN 0
              ELSE n.retries_spent + (e.error_class IN ('TRANSIENT', 'TIMEOUT'))::int END,
         CASE WHEN e.retry_delay IS NULL THEN 0 ELSE n.internal_retries + (e.error_class = 'INTERNAL')::int END,
         CASE WHEN e.retry_delay IS NULL THEN 0 ELSE n.auth_retries + (e.error_class = 'AUTH')::int END,
         CASE WHEN e.retry_delay IS NOT NULL THEN n.follow_up_id END,
         CASE WHEN e.retry_delay IS NOT NULL THEN n.follow_up_at END
  FROM ending e JOIN next_attempt n USING (integration_id)
)";

// The ticks of what was just claimed.
constexpr std::string_view kTakeLater = R"(
WITH parameters AS (SELECT $1::uuid[], $2::uuid[], $3::text[], $4::int[], $5::text[], $6::bigint)
DELETE FROM syncline.ticks k USING syncline.live v
WHERE v.integration_id = k.integration_id AND v.state = 'CLAIMED' AND v.trigger = 'SCHEDULE' AND k.due_at <= clock_timestamp()
)";

std::vector<Mutant> Claims() {
  return {
      {.name = "tick_taken_in_another_statement",
       .fault = "a tick leaves the queue by a statement of its own, after the claim",
       .target = kStorage,
       .filter = "RunFaultTest.AClaimAndItsTickAreDoneTogetherOrNotAtAll",
       .patches = {{"claim_runs", "WHERE k.ctid", "WHERE false AND k.ctid"}},
       .split_off = {{"claim_runs", false, kTakeLater}}},
      {.name = "finish_forgets_the_tick",
       .fault = "a run ends and its next tick is not put into the queue",
       .target = kStorage,
       .filter = "TicksTest.EveryEndOfARunQueuesTheNextTick",
       .patches = {{"finish_runs", "WHERE e.enabled AND", "WHERE false AND"}}},
      {.name = "finish_leaves_the_old_tick",
       .fault = "a run by hand outlasts its integration's tick, which stays in the queue beside "
                "the next",
       .target = kStorage,
       .filter = "TicksTest.ATickThatPassesDuringARunByHandMoves",
       .patches = {{"finish_runs", "WHERE x.due_at = e.tick",
                    "WHERE false AND x.due_at = e.tick"}}},
      {.name = "heartbeat_without_fence",
       .fault = "a heartbeat renews whatever claim there is",
       .target = kStorage,
       .filter = "RunStoreTest.RenewAcceptsAndExtendsAndOnlyUnderTheFence",
       .patches = {{"renew_leases", "v.fence = e.fence", "e.fence IS NOT NULL"}}},
      {.name = "heartbeat_by_another_process",
       .fault = "a heartbeat of any executor renews a claim whose fence it knows",
       .target = kApp,
       .filter = "ReportProcessorTest.AnotherOnesRunIsOutOfReach",
       .patches = {{"renew_leases", "v.process_id = e.process_id", "e.process_id IS NOT NULL"}}},
      {.name = "release_by_another_process",
       .fault = "any executor gives back a claim whose fence it knows",
       .target = kApp,
       .filter = "ReportProcessorTest.AnotherOnesRunIsOutOfReach",
       .patches = {{"release_runs", "v.process_id = e.process_id", "e.process_id IS NOT NULL"}}},
      {.name = "process_not_proved",
       .fault = "an executor is whatever process it says it is",
       .target = "scheduler_rpc_test",
       .filter = "ExecutorServiceTest.WhoKnowsAnIdAndAFenceButNotTheSecretIsRefused",
       .in_code = true},
      {.name = "batch_mixes_processes",
       .fault = "what a stranger says of a fence takes the place of what its holder says",
       .target = "scheduler_app_test",
       .filter = "BatchMembers.TwoProcessesThatClaimAFenceAreKeptApart",
       .in_code = true},
      {.name = "lease_by_local_clock",
       .fault = "the reaper compares leases with its own machine's clock",
       .target = kStorage,
       .filter = "RunFaultTest.OnlyTheDatabasesClockDecidesAboutALease",
       .patches = {{"reap_runs", "v.lease_expires_at < clock_timestamp()",
                    "v.lease_expires_at < $2::timestamptz"},
                   {"read_expired", "v.lease_expires_at < clock_timestamp()",
                    "v.lease_expires_at < $2::timestamptz"}},
       .in_code = true},
      {.name = "reaper_by_id_only",
       .fault = "the reaper takes rows by id, without looking at them once they are locked",
       .target = kStorage,
       .filter = "RunFaultTest.AReaperThatMeetsARenewalTakesNothing",
       .patches = {{"reap_runs", "  FOR UPDATE SKIP LOCKED\n", ""}}},
      {.name = "dispatch_limit_left_out",
       .fault = "a claim that nobody accepts is never taken back",
       .target = kStorage,
       .filter = "RunStoreTest.TheReaperTakesOnlyWhatNobodyHolds",
       .patches = {{"reap_runs", "v.fence IS NOT NULL AND", "v.state = 'RUNNING' AND"}}},
      {.name = "takeover_spends_a_retry",
       .fault = "a lost executor costs the run a retry",
       .target = kStorage,
       .filter = "RunStoreTest.TheReaperTakesOnlyWhatNobodyHolds",
       .patches = {{"reap_runs", "takeovers = v.takeovers + (v.state = 'RUNNING')::int,",
                    "takeovers = v.takeovers + (v.state = 'RUNNING')::int,"
                    " retries_spent = v.retries_spent + (v.state = 'RUNNING')::int,"}}},
      {.name = "park_spends_a_retry",
       .fault = "a rate limit costs the run a retry",
       .target = kStorage,
       .filter = "RunStoreTest.ParkReturnAndRefuseKeepTheAttempt",
       .patches = {{"release_runs", "dispatch_failures = CASE r.kind",
                    "retries_spent = v.retries_spent + (r.kind = 'PARK')::int,"
                    " dispatch_failures = CASE r.kind"}}},
  };
}

std::vector<Mutant> Ends() {
  return {
      {.name = "finish_without_fence",
       .fault = "a finish ends whatever claim there is",
       .target = kStorage,
       .filter = "RunFaultTest.AFinishUnderAStaleFenceEndsNothing",
       .patches = {{"finish_runs", "(w.fence = ($2::uuid[])[i.n]",
                    "(($2::uuid[])[i.n] IS NOT NULL"}}},
      {.name = "finish_by_another_process",
       .fault = "any executor ends a claim whose fence it knows",
       .target = kApp,
       .filter = "ReportProcessorTest.AnotherOnesRunIsOutOfReach",
       .patches = {{"finish_runs", "w.process_id = ($4::uuid[])[i.n]",
                    "($4::uuid[])[i.n] IS NOT NULL"}}},
      {.name = "finish_from_the_snapshot",
       .fault = "a finish reads its live rows without locking them",
       .target = kStorage,
       .filter = "RunStoreTest.AFinishSeesThePageThatCommittedWhileItWaited",
       .patches = {{"finish_runs", "FOR UPDATE OF w) v", ") v"}}},
      {.name = "success_without_complete",
       .fault = "SUCCESS needs no last page",
       .target = kStorage,
       .filter = "RunStoreTest.SuccessWithoutTheLastPageGoesOnInstead",
       .patches = {{"finish_runs", "(v.complete OR ($7::boolean[])[i.n]) AND v.page_seq",
                    "(true OR ($7::boolean[])[i.n]) AND v.page_seq"}}},
      {.name = "nothing_left_without_pages",
       .fault = "a run that found nothing left is believed whatever pages are committed",
       .target = kStorage,
       .filter = "RunStoreTest.NothingLeftCountsOnlyForThePagesThatAreThere",
       .patches = {{"finish_runs", "(v.complete OR ($7::boolean[])[i.n]) AND v.page_seq",
                    "($7::boolean[])[i.n] OR v.complete AND v.page_seq"}}},
      {.name = "old_decision_applied",
       .fault = "a retry decided on settings that have changed is not decided again",
       .target = kApp,
       .filter = "FinisherTest.ADisableThatCommitsWhileTheFinishWaitsIsSeen",
       .patches = {{"finish_runs", "i.settings_version <> i.decided_on AS redecide",
                    "i.settings_version < 0 AS redecide"}}},
      {.name = "retry_by_delete_and_insert",
       .fault = "a retry is a new row, so that who waits for the old one loses the run",
       .target = kStorage,
       .filter = "RunFaultTest.WhoWaitsForARunThatIsRetriedStillFindsIt",
       .patches = {{"finish_runs", "next_attempt AS (", kDeleteAndInsert, "), ended AS ("}}},
      {.name = "retry_drops_the_follow_up",
       .fault = "a follow-up that a trigger was promised is forgotten by a retry",
       .target = kStorage,
       .filter = "TriggerStoreTest.AFollowUpIsCarriedThroughRetriesAndStartsAtTheEnd",
       .patches = {{"finish_runs",
                    "follow_up_id = CASE WHEN e.retry_delay IS NOT NULL THEN v.follow_up_id END",
                    "follow_up_id = NULL"}}},
      {.name = "auth_recheck_unlimited",
       .fault = "refused credentials are tried again and again",
       .target = kApp,
       .filter = "FinisherTest.RefusedCredentialsAreCheckedOnceMoreOnly",
       .patches = {{"finish_runs", "v.auth_retries + (e.error_class = 'AUTH')::int",
                    "v.auth_retries"}}},
      {.name = "internal_retries_unlimited",
       .fault = "a fault of ours is tried again and again",
       .target = kApp,
       .filter = "FinisherTest.AFaultOfOursIsRetriedFiveTimesAndDisablesNothing",
       .patches = {{"finish_runs", "v.internal_retries + (e.error_class = 'INTERNAL')::int",
                    "v.internal_retries"}}},
  };
}

}  // namespace

std::vector<Mutant> RunMutants() {
  std::vector<Mutant> all = Claims();
  for (const Mutant& mutant : Ends()) all.push_back(mutant);
  return all;
}

}  // namespace syncline::mutants
