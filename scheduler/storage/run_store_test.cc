#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "common/base/errors.h"
#include "scheduler/core/next_sync.h"
#include "scheduler/storage/run_store_fixture.h"
#include "tests/support/concurrent_call.h"

namespace syncline::scheduler {
namespace {

using syncline::testing::ConcurrentCall;
using syncline::testing::OpenOrDie;
using syncline::testing::QueryInt;
using syncline::testing::QueryOrDie;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(RunStoreTest, ADueIntegrationIsClaimedOnceAndItsTickLeavesTheQueue) {
  const std::string id = AddIntegration("a", "timeout_seconds=120");
  QueryOrDie(*db_, "INSERT INTO syncline.credentials VALUES ('" + id + "', 'token', '\\x0102')");
  const auto runs = Claim(5);
  ASSERT_THAT(runs, SizeIs(1));
  EXPECT_EQ(runs[0].integration_id, id);
  EXPECT_EQ(runs[0].run_id, runs[0].log_id);
  EXPECT_EQ(runs[0].trigger, "SCHEDULE");
  EXPECT_EQ(runs[0].attempt, 1);
  EXPECT_EQ(runs[0].epoch, 1);
  EXPECT_EQ(runs[0].process_id, process_);
  EXPECT_EQ(runs[0].remaining, absl::Seconds(120));
  EXPECT_EQ(runs[0].sealed_credentials.at("token"), "\x01\x02");
  EXPECT_EQ(QueryInt(*db_, "SELECT count(*) FROM syncline.ticks"), 0);
  EXPECT_THAT(Claim(5), IsEmpty());
  EXPECT_EQ(QueryInt(*db_,
                     "SELECT count(*) FROM syncline.sync_logs WHERE status = 'PENDING' AND "
                     "wait_reason = 'DISPATCHING'"),
            1);
}

TEST_F(RunStoreTest, AClaimSaysWhereTheRunStands) {
  const std::string id = AddIntegration("a");
  const auto first = Claim(1);
  ASSERT_THAT(first, SizeIs(1));
  EXPECT_EQ(first[0].state.page_seq, 0);
  EXPECT_THAT(first[0].state.checkpoints, IsEmpty());
  CommitPages(first[0], 2, false);
  QueryOrDie(*db_,
             "INSERT INTO syncline.checkpoints (integration_id, stream, definition_hash, cursor,"
             " pass_id, pass_run_id, done_run_id) SELECT '" +
                 id + "', s, 'd', '{\"after\":7}', gen_random_uuid(), '" + first[0].run_id +
                 "', CASE s WHEN 'read' THEN '" + first[0].run_id +
                 "'::uuid END FROM unnest('{read,half}'::text[]) s");
  QueryOrDie(*db_,
             "INSERT INTO syncline.snapshot_seen (integration_id, stream, pass_id, page_seq, keys)"
             " SELECT integration_id, stream, pass_id, 2, '{}' FROM syncline.checkpoints"
             " WHERE stream = 'read'");
  ASSERT_THAT(*store_.Release({{Ref(first[0]), ReleaseKind::kReturn, {}, ""}}), SizeIs(1));
  const auto again = Claim(1);
  ASSERT_THAT(again, SizeIs(1));
  EXPECT_EQ(again[0].state.page_seq, 2);
  EXPECT_FALSE(again[0].state.complete);
  ASSERT_THAT(again[0].state.checkpoints, SizeIs(2));
  for (const ClaimedCheckpoint& checkpoint : again[0].state.checkpoints) {
    EXPECT_EQ(checkpoint.definition_hash, "d");
    EXPECT_EQ(checkpoint.cursor_json, "{\"after\": 7}");
    EXPECT_EQ(checkpoint.done, checkpoint.stream == "read");
    EXPECT_EQ(checkpoint.unclosed, checkpoint.stream == "read");
  }
}

TEST_F(RunStoreTest, NeverMoreThanTheSlotsAndManualOnesFirst) {
  for (int i = 0; i < 5; ++i) AddIntegration("due");
  const std::string manual = AddIntegration("manual", "sync_enabled=false");
  ASSERT_TRUE(triggers_.Trigger({"", manual, "r1", false}).ok());
  const auto first = Claim(2);
  ASSERT_THAT(first, SizeIs(2));
  EXPECT_TRUE(first[0].integration_id == manual || first[1].integration_id == manual);
  EXPECT_THAT(Claim(10), SizeIs(4));
}

TEST_F(RunStoreTest, WhatIsNotDueIsNotClaimed) {
  AddIntegration("disabled", "sync_enabled=false");
  AddIntegration("deleted", "deleted_at=now()");
  AddIntegration("blocked", "blocked_reason='killed two executors'");
  QueryOrDie(*db_,
             "UPDATE syncline.integrations SET next_sync_at = now() + interval '5 s' WHERE id = '" +
                 AddIntegration("later") + "'");
  QueryOrDie(*db_, "UPDATE syncline.integrations SET type = 'GRAPHQL' WHERE id = '" +
                       AddIntegration("another type") + "'");
  EXPECT_THAT(Claim(10), IsEmpty());
  const auto wake = store_.NextWake();
  ASSERT_TRUE(wake.ok() && wake->has_value());
  EXPECT_LE(**wake, absl::Seconds(5) + absl::Milliseconds(1));
  EXPECT_GT(**wake, absl::Seconds(1));
}

TEST_F(RunStoreTest, ManySchedulersNeverClaimTheSameIntegration) {
  for (int i = 0; i < 300; ++i) AddIntegration("due");
  std::vector<std::thread> schedulers;
  schedulers.reserve(6);
  std::mutex mutex;
  std::multiset<std::string> claimed;
  for (int i = 0; i < 6; ++i) {
    schedulers.emplace_back([&] {
      for (int round = 0; round < 30; ++round) {
        const auto runs = Claim(7);
        std::lock_guard lock(mutex);
        for (const ClaimedRun& run : runs) claimed.insert(run.integration_id);
      }
    });
  }
  for (std::thread& scheduler : schedulers) scheduler.join();
  EXPECT_EQ(claimed.size(), 300U);
  EXPECT_EQ(std::set<std::string>(claimed.begin(), claimed.end()).size(), 300U);
}

TEST_F(RunStoreTest, RenewAcceptsAndExtendsAndOnlyUnderTheFence) {
  AddIntegration("a");
  const ClaimedRun run = Claim(1).at(0);
  EXPECT_THAT(*store_.Renew({Ref(run)}, absl::Seconds(30)), ElementsAre(run.fence));
  EXPECT_EQ(
      QueryInt(
          *db_,
          "SELECT count(*) FROM syncline.live WHERE state = 'RUNNING' AND started_at IS NOT NULL"
          " AND deadline_at > now() + interval '3590 s' AND lease_expires_at > now() + interval "
          "'25 s'"),
      1);
  RunRef stale = Ref(run);
  stale.fence = NewRandomUuid();
  EXPECT_THAT(*store_.Renew({stale}, absl::Seconds(30)), IsEmpty());
  const auto fates = store_.LookUp({stale, Ref(run)});
  EXPECT_FALSE(fates->at(stale.fence).held);
  EXPECT_TRUE(fates->at(run.fence).held);
}

TEST_F(RunStoreTest, ALockedRowIsSkippedByRenewalAndReaper) {
  AddIntegration("a");
  const ClaimedRun run = Claim(1).at(0);
  const auto page = OpenOrDie(url_);
  QueryOrDie(*page, "BEGIN");
  QueryOrDie(*page,
             "UPDATE syncline.live SET lease_expires_at = now() - interval '1 s' WHERE fence = '" +
                 run.fence + "'");
  EXPECT_THAT(*store_.Renew({Ref(run)}, absl::Seconds(30)), IsEmpty());
  EXPECT_TRUE(store_.LookUp({Ref(run)})->at(run.fence).held);
  EXPECT_THAT(*store_.Reap(absl::Milliseconds(1)), IsEmpty());
  QueryOrDie(*page, "ROLLBACK");
}

TEST_F(RunStoreTest, SuccessIsEarnedByTheLastCommittedPage) {
  AddIntegration("a");
  const ClaimedRun run = Claim(1).at(0);
  ASSERT_TRUE(store_.Renew({Ref(run)}, absl::Seconds(30)).ok());
  CommitPages(run, 2, true);
  EXPECT_EQ(Finish(Success(run, 2)), FinishOutcome::kEnded);
  EXPECT_EQ(QueryInt(*db_, "SELECT count(*) FROM syncline.live"), 0);
  EXPECT_EQ(QueryInt(*db_,
                     "SELECT count(*) FROM syncline.sync_history WHERE status = 'SUCCESS' AND "
                     "fetched = 10 AND created = 7"
                     " AND unchanged = 3 AND pages = 2 AND closing_fence = '" +
                         run.fence + "' AND duration_ms >= 0"),
            1);
  EXPECT_EQ(
      QueryInt(
          *db_,
          "SELECT count(*) FROM syncline.integrations WHERE status = 'HEALTHY' AND change_no = 1"
          " AND last_status = 'SUCCESS' AND last_counts[2] = 7 AND next_sync_at > now()"),
      1);
  // Sent again, because the answer was lost:
  EXPECT_EQ(Finish(Success(run, 2)), FinishOutcome::kNoSuchFence);
  EXPECT_EQ(store_.LookUp({Ref(run)})->at(run.fence).ended_status, "SUCCESS");
  EXPECT_EQ(QueryInt(*db_, "SELECT count(*) FROM syncline.sync_history"), 1);
}

TEST_F(RunStoreTest, SuccessWithoutTheLastPageGoesOnInstead) {
  for (const bool complete : {false, true}) {
    AddIntegration("a");
    const ClaimedRun run = Claim(1).at(0);
    CommitPages(run, 2, complete);
    EXPECT_EQ(Finish(Success(run, complete ? 3 : 2)), FinishOutcome::kResume) << complete;
    EXPECT_EQ(QueryInt(*db_, "SELECT count(*) FROM syncline.sync_history"), 0);
    const auto again = Claim(1);
    ASSERT_THAT(again, SizeIs(1));
    EXPECT_EQ(again[0].log_id, run.log_id);
    EXPECT_NE(again[0].fence, run.fence);
    EXPECT_EQ(again[0].epoch, 2);
    QueryOrDie(*db_, "DELETE FROM syncline.live");
    QueryOrDie(*db_, "DELETE FROM syncline.integrations");
  }
}

TEST_F(RunStoreTest, ARetryIsANewAttemptInPlaceThatWaits) {
  AddIntegration("a");
  const ClaimedRun run = Claim(1).at(0);
  FinishDecision decision;
  decision.retry_delay = absl::Seconds(60);
  decision.counted_failures = 1;
  decision.reason = "retry 1 of 3";
  EXPECT_EQ(Finish(Failure(run, decision)), FinishOutcome::kEnded);
  EXPECT_EQ(QueryInt(*db_,
                     "SELECT count(*) FROM syncline.sync_history WHERE status = 'FAILED' AND "
                     "error_class = 'TRANSIENT' AND http_status = 500 AND started_at = ended_at"),
            1)
      << "it failed before its acceptance was told";
  EXPECT_EQ(
      QueryInt(*db_,
               "SELECT count(*) FROM syncline.live WHERE state = 'PENDING' AND trigger = 'RETRY' "
               "AND attempt = 2 AND fence IS NULL"
               " AND run_id = '" +
                   run.run_id +
                   "' AND log_id <> run_id AND retries_spent = 1 AND wait_reason = 'BACKOFF'"
                   " AND not_before BETWEEN now() + interval '55 s' AND now() + interval '61 s'"),
      1);
  EXPECT_EQ(QueryInt(*db_, "SELECT retry_count FROM syncline.integrations"), 1);
  EXPECT_THAT(Claim(5), IsEmpty());
}

// The version rises, so that whoever edits what they read before does not switch it on unseen.
TEST_F(RunStoreTest, DisablingKeepsTheReasonAndEndsTheSchedule) {
  AddIntegration("a");
  const ClaimedRun run = Claim(1).at(0);
  FinishDecision decision;
  decision.disable_reason = "3 retries in a row failed";
  EXPECT_EQ(Finish(Failure(run, decision)), FinishOutcome::kEnded);
  EXPECT_EQ(QueryInt(*db_,
                     "SELECT count(*) FROM syncline.integrations WHERE NOT sync_enabled AND "
                     "next_sync_at IS NULL"
                     " AND disabled_reason = '3 retries in a row failed' AND status = 'FAILING'"
                     " AND version = 2"),
            1);
}

TEST_F(RunStoreTest, ADecisionMadeOnOldSettingsIsMadeAgain) {
  AddIntegration("a");
  const ClaimedRun run = Claim(1).at(0);
  QueryOrDie(*db_, "UPDATE syncline.integrations SET settings_version = 2");
  EXPECT_EQ(Finish(Failure(run, {})), FinishOutcome::kRedecide);
  EXPECT_EQ(QueryInt(*db_, "SELECT count(*) FROM syncline.sync_history"), 0);
  EXPECT_EQ(Finish(Failure(run, {}, store_.ReadFailed({Ref(run)})->at(run.fence).settings_version)),
            FinishOutcome::kEnded);
}

TEST_F(RunStoreTest, ABatchMixesSuccessRetryStaleFenceAndResume) {
  for (int i = 0; i < 4; ++i) AddIntegration("a");
  const auto runs = Claim(4);
  ASSERT_THAT(runs, SizeIs(4));
  CommitPages(runs[0], 1, true);
  CommitPages(runs[3], 1, false);
  FinishDecision retry;
  retry.retry_delay = absl::Seconds(60);
  FinishEvent stale = Success(runs[2], 0);
  stale.run.fence = NewRandomUuid();
  const std::vector<FinishEvent> events = {Success(runs[0], 1), Failure(runs[1], retry), stale,
                                           Success(runs[3], 1)};
  const auto outcomes = store_.Finish(events);
  ASSERT_TRUE(outcomes.ok()) << outcomes.status();
  EXPECT_EQ(outcomes->at(0).outcome, FinishOutcome::kEnded);
  EXPECT_EQ(outcomes->at(1).outcome, FinishOutcome::kEnded);
  EXPECT_EQ(outcomes->at(2).outcome, FinishOutcome::kNoSuchFence);
  EXPECT_EQ(outcomes->at(3).outcome, FinishOutcome::kResume);
  EXPECT_EQ(QueryInt(*db_, "SELECT count(*) FROM syncline.sync_history"), 2);
  EXPECT_EQ(QueryInt(*db_, "SELECT count(*) FROM syncline.live"), 3);
}

TEST_F(RunStoreTest, AFinishSeesThePageThatCommittedWhileItWaited) {
  AddIntegration("a");
  const ClaimedRun run = Claim(1).at(0);
  const auto page = OpenOrDie(url_);
  QueryOrDie(*page, "BEGIN");
  QueryOrDie(*page,
             "UPDATE syncline.live SET page_seq = 1, pages = 1, complete = true, fetched = 5, "
             "created = 5 WHERE fence = '" +
                 run.fence + "'");
  FinishOutcome outcome = FinishOutcome::kNoSuchFence;
  ConcurrentCall finisher(*db_, [&] { outcome = Finish(Success(run, 1)); });
  EXPECT_TRUE(finisher.waited());
  QueryOrDie(*page, "COMMIT");
  finisher.Join();
  EXPECT_EQ(outcome, FinishOutcome::kEnded);
  EXPECT_EQ(QueryInt(*db_, "SELECT created FROM syncline.sync_history"), 5);
}

TEST_F(RunStoreTest, WhatIsParkedBeforeItsAcceptanceWasToldHasBegun) {
  AddIntegration("a");
  const ClaimedRun run = Claim(1).at(0);
  QueryOrDie(*db_, "UPDATE syncline.live SET dispatch_failures = 3");
  ASSERT_THAT(*store_.Release({{Ref(run), ReleaseKind::kPark, absl::Seconds(120), "429"}}),
              SizeIs(1));
  EXPECT_EQ(QueryInt(*db_,
                     "SELECT count(*) FROM syncline.live WHERE started_at >= created_at AND "
                     "wait_reason = 'RATE_LIMIT' AND dispatch_failures = 0"),
            1);
}

TEST_F(RunStoreTest, ParkReturnAndRefuseKeepTheAttempt) {
  for (int i = 0; i < 3; ++i) AddIntegration("a");
  const auto runs = Claim(3);
  CommitPages(runs[0], 2, false);
  ASSERT_TRUE(store_.Renew({Ref(runs[0]), Ref(runs[1])}, absl::Seconds(30)).ok());
  const auto released = store_.Release(
      {{Ref(runs[0]), ReleaseKind::kPark, absl::Seconds(120), "example.com answered 429"},
       {Ref(runs[1]), ReleaseKind::kReturn, {}, ""},
       {Ref(runs[2]), ReleaseKind::kRefuse, {}, "no free slot"}});
  ASSERT_THAT(*released, SizeIs(3));
  EXPECT_EQ(QueryInt(*db_,
                     "SELECT count(*) FROM syncline.sync_logs WHERE wait_reason = 'RATE_LIMIT' AND "
                     "pages = 2 AND attempt = 1"
                     " AND wait_until > now() + interval '110 s' AND wait_detail = 'example.com "
                     "answered 429'"),
            1);
  EXPECT_EQ(QueryInt(*db_, "SELECT sum(retries_spent) FROM syncline.live"), 0);
  EXPECT_EQ(QueryInt(*db_,
                     "SELECT count(*) FROM syncline.live WHERE wait_reason = 'REFUSED' AND "
                     "dispatch_failures = 1 AND not_before > now()"),
            1);
  const auto again = Claim(3);
  ASSERT_THAT(again, SizeIs(1));
  EXPECT_EQ(again[0].log_id, runs[1].log_id);
  EXPECT_THAT(*store_.Release({{Ref(runs[1]), ReleaseKind::kReturn, {}, ""}}),
              IsEmpty());  // its old fence
}

TEST_F(RunStoreTest, TheReaperTakesOnlyWhatNobodyHolds) {
  for (int i = 0; i < 3; ++i) AddIntegration("a");
  const auto runs = Claim(3);
  ASSERT_TRUE(store_.Renew({Ref(runs[0]), Ref(runs[1])}, absl::Seconds(30)).ok());
  EXPECT_THAT(*store_.Reap(absl::Milliseconds(1)), IsEmpty());
  QueryOrDie(
      *db_,
      "UPDATE syncline.live SET lease_expires_at = now() - interval '1 ms' WHERE log_id IN ('" +
          runs[0].log_id + "', '" + runs[2].log_id + "')");
  const auto reaped = store_.Reap(absl::Milliseconds(1));
  ASSERT_TRUE(reaped.ok()) << reaped.status();
  ASSERT_THAT(*reaped, SizeIs(2));
  EXPECT_EQ(QueryInt(*db_, "SELECT count(*) FROM syncline.live WHERE log_id = '" + runs[0].log_id +
                               "' AND state = 'PENDING' AND fence IS NULL AND takeovers = 1"
                               " AND retries_spent = 0"
                               " AND wait_reason = 'EXECUTOR_LOST' AND lost_by = ARRAY['" +
                               process_ + "'::uuid] AND attempt = 1"),
            1);
  EXPECT_EQ(
      QueryInt(*db_, "SELECT count(*) FROM syncline.live WHERE log_id = '" + runs[2].log_id +
                         "' AND state = 'PENDING' AND takeovers = 0 AND dispatch_failures = 1"),
      1);
  EXPECT_EQ(Finish(Success(runs[0], 0)), FinishOutcome::kNoSuchFence);
  EXPECT_FALSE(store_.LookUp({Ref(runs[0])})->at(runs[0].fence).ended_status.has_value());
}

TEST_F(RunStoreTest, ALeaseThatPassedButWasNotReapedMayStillBeRenewed) {
  AddIntegration("a");
  const ClaimedRun run = Claim(1).at(0);
  QueryOrDie(*db_, "UPDATE syncline.live SET lease_expires_at = now() - interval '1 s'");
  EXPECT_THAT(*store_.Renew({Ref(run)}, absl::Seconds(30)), SizeIs(1));
  EXPECT_THAT(*store_.Reap(absl::Milliseconds(1)), IsEmpty());
}

TEST_F(RunStoreTest, SqlAndCoreAgreeOnTheGrid) {
  for (int i = 0; i < 200; ++i) {
    const std::string id = NewRandomUuid();
    const std::int64_t interval = 60 + (i * 7919) % 100'000;
    const std::int64_t after = -500'000 + (i * 104'729) % 1'000'000;
    const absl::Time anchor = absl::FromUnixSeconds(1'700'000'000);
    EXPECT_EQ(QueryInt(*db_, "SELECT extract(epoch FROM syncline.grid_shift('" + id + "', " +
                                 std::to_string(interval) + "))"),
              absl::ToInt64Seconds(GridShift(id, absl::Seconds(interval))));
    EXPECT_EQ(
        QueryInt(*db_, "SELECT extract(epoch FROM syncline.next_tick(to_timestamp(1700000000), " +
                           std::to_string(interval) + ", to_timestamp(" +
                           std::to_string(1'700'000'000 + after) + ")))"),
        absl::ToUnixSeconds(
            *NextTick(anchor, absl::Seconds(interval), anchor + absl::Seconds(after))));
  }
}

TEST_F(RunStoreTest, UuidsAreVersion7InOrder) {
  EXPECT_EQ(QueryInt(*db_,
                     "SELECT count(*) FROM (SELECT syncline.uuid_v7()::text AS u FROM "
                     "generate_series(1, 1000)) x"
                     " WHERE substr(u, 15, 1) = '7' AND substr(u, 20, 1) IN ('8', '9', 'a', 'b')"),
            1000);
  EXPECT_EQ(QueryInt(*db_,
                     "SELECT abs(('x' || substr(translate(syncline.uuid_v7()::text, '-', ''), 1, "
                     "12))::bit(48)::bigint"
                     " - extract(epoch FROM clock_timestamp()) * 1000)::bigint / 1000"),
            0);
}

}  // namespace
}  // namespace syncline::scheduler
