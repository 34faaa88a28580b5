#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "common/base/errors.h"
#include "scheduler/storage/integration_store.h"
#include "scheduler/storage/run_store_fixture.h"
#include "scheduler/storage/sync_journal_store.h"

namespace syncline::scheduler {
namespace {

using syncline::testing::QueryInt;
using syncline::testing::QueryOrDie;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class CancelTest : public RunStoreTest {
 protected:
  CancelTest()
      : journal_(&pool_, [this](const auto& dropped) { Note(dropped); }),
        directory_(&pool_, [this](const auto& dropped) { Note(dropped); }) {}

  void Note(const std::vector<DroppedClaim>& dropped) {
    for (const DroppedClaim& claim : dropped) dropped_.push_back(claim.fence);
  }

  // What is in the database about a log: its status and class.
  std::string Recorded(const std::string& log_id) {
    const auto rows = QueryOrDie(
        *db_,
        "SELECT status || ' ' || coalesce(error_class, '') AS text FROM syncline.sync_logs "
        "WHERE id = '" +
            log_id + "'");
    return rows.empty() ? "none" : rows[0].String("text");
  }

  SyncJournalStore journal_;
  IntegrationStore directory_;
  std::vector<std::string> dropped_;  // fences
};

TEST_F(CancelTest, EveryStateEndsAtOnceAndTheExecutorIsTold) {
  AddIntegration("claimed");
  AddIntegration("running");
  const auto runs = Claim(2);
  ASSERT_TRUE(store_.Renew({Ref(runs[1])}, absl::Seconds(30)).ok());
  CommitPages(runs[1], 1, false);
  const auto pending = triggers_.Trigger({"", AddIntegration("pending"), "r", false});
  for (const std::string& log : {runs[0].log_id, runs[1].log_id, pending->run_id}) {
    const auto cancelled = journal_.Cancel("", log);
    ASSERT_TRUE(cancelled.ok()) << cancelled.status();
    EXPECT_EQ(cancelled->id, log);
    EXPECT_EQ(cancelled->error_class, "CANCELLED");
    EXPECT_EQ(journal_.Cancel("", log)->id, log);  // repeatable
  }
  EXPECT_THAT(dropped_, ElementsAre(runs[0].fence, runs[1].fence));
  EXPECT_EQ(QueryInt(*db_, "SELECT count(*) FROM syncline.live"), 0);
  EXPECT_EQ(QueryInt(*db_, "SELECT created FROM syncline.sync_history WHERE log_id = '" +
                               runs[1].log_id + "'"),
            7);
  // A late finish finds how it ended.
  EXPECT_EQ(Finish(Success(runs[1], 1)), FinishOutcome::kNoSuchFence);
  EXPECT_EQ(store_.LookUp({Ref(runs[1])})->at(runs[1].fence).ended_status, "FAILED");
  // Nothing counts against the integration, and no tick that passed starts at once.
  EXPECT_EQ(QueryInt(*db_,
                     "SELECT count(*) FROM syncline.integrations WHERE retry_count = 0 AND "
                     "sync_enabled AND next_sync_at > now()"),
            3);
}

TEST_F(CancelTest, ARunIsCancelledByAnyOfItsAttempts) {
  const std::string id = AddIntegration("a");
  const ClaimedRun run = Claim(1).at(0);
  FinishDecision retry;
  retry.retry_delay = absl::Seconds(60);
  ASSERT_EQ(Finish(Failure(run, retry)), FinishOutcome::kEnded);
  const auto cancelled = journal_.Cancel("", run.log_id);  // the first attempt, which has ended
  ASSERT_TRUE(cancelled.ok()) << cancelled.status();
  EXPECT_EQ(cancelled->attempt, 2);
  EXPECT_EQ(cancelled->run_id, run.run_id);
  EXPECT_EQ(Recorded(run.log_id), "FAILED TRANSIENT");
  EXPECT_EQ(Recorded(cancelled->id), "FAILED CANCELLED");
  EXPECT_EQ(QueryInt(*db_, "SELECT count(*) FROM syncline.live"), 0);
}

TEST_F(CancelTest, AFollowUpBeginsInPlaceOfTheCancelledRun) {
  const std::string id = AddIntegration("a");
  const ClaimedRun run = Claim(1).at(0);
  const auto reserved = triggers_.Trigger({"", id, "r", true});
  ASSERT_EQ(journal_.Cancel("", run.log_id)->id, run.log_id);
  EXPECT_EQ(Recorded(reserved->run_id), "PENDING ");
  const ClaimedRun next = Claim(1).at(0);
  EXPECT_EQ(next.log_id, reserved->run_id);
  EXPECT_EQ(next.trigger, "MANUAL");
  EXPECT_EQ(next.attempt, 1);
}

TEST_F(CancelTest, AReservedRunCanBeCancelledAlone) {
  const std::string id = AddIntegration("a");
  const ClaimedRun run = Claim(1).at(0);
  const auto reserved = triggers_.Trigger({"", id, "r", true});
  const auto cancelled = journal_.Cancel("", reserved->run_id);
  ASSERT_TRUE(cancelled.ok()) << cancelled.status();
  EXPECT_EQ(cancelled->id, reserved->run_id);
  EXPECT_EQ(Recorded(reserved->run_id), "FAILED CANCELLED");
  EXPECT_THAT(dropped_, IsEmpty());
  CommitPages(run, 1, true);
  EXPECT_EQ(Finish(Success(run, 1)), FinishOutcome::kEnded);
  EXPECT_EQ(QueryInt(*db_, "SELECT count(*) FROM syncline.live"), 0);
}

TEST_F(CancelTest, WhatHasEndedOrNeverWasIsSaid) {
  AddIntegration("a");
  const ClaimedRun run = Claim(1).at(0);
  CommitPages(run, 1, true);
  ASSERT_EQ(Finish(Success(run, 1)), FinishOutcome::kEnded);
  EXPECT_EQ(ReasonOf(journal_.Cancel("", run.log_id).status()), "SYNC_ENDED");
  EXPECT_EQ(ReasonOf(journal_.Cancel("", NewRandomUuid()).status()), "SYNC_LOG_NOT_FOUND");
  EXPECT_EQ(ReasonOf(journal_.Cancel("other", run.log_id).status()), "SYNC_LOG_NOT_FOUND");
  EXPECT_EQ(Recorded(run.log_id), "SUCCESS ");
}

TEST_F(CancelTest, ChangesThatTakeTheFenceTellTheExecutor) {
  const std::string changed = AddIntegration("a");
  const std::string deleted = AddIntegration("b");
  const std::string disabled = AddIntegration("c");
  std::map<std::string, std::string> fences;
  for (const ClaimedRun& run : Claim(3)) fences[run.integration_id] = run.fence;
  IntegrationChange config;
  config.config_json = "{}";
  ASSERT_TRUE(directory_.Change({"", changed}, config).ok());
  ASSERT_TRUE(directory_.Delete({"", deleted}, 0).ok());
  IntegrationChange off;
  off.settings.enabled = false;
  ASSERT_TRUE(directory_.Change({"", disabled}, off).ok());
  EXPECT_THAT(dropped_, ElementsAre(fences[changed], fences[deleted], fences[disabled]));
}

// Acceptance: a cancel that meets a completion leaves exactly one terminal state.
TEST_F(CancelTest, ACancelRacedWithCompletionLeavesOneTerminalState) {
  constexpr int kRounds = 20;
  constexpr int kRuns = 500;
  QueryOrDie(*db_,
             "INSERT INTO syncline.integrations (name, type, sync_interval, next_sync_at) SELECT "
             "'n' || n, 'REST', 300, now() FROM generate_series(1, 500) n");
  std::atomic<int> cancelled = 0;
  std::atomic<int> finished = 0;
  for (int round = 0; round < kRounds; ++round) {
    QueryOrDie(*db_, "UPDATE syncline.integrations SET next_sync_at = now()");
    const auto runs = Claim(kRuns);
    ASSERT_THAT(runs, SizeIs(kRuns));
    QueryOrDie(*db_, "UPDATE syncline.live SET page_seq = 1, complete = true");
    std::thread canceller([&] {
      for (const ClaimedRun& run : runs) {
        const auto answer = journal_.Cancel("", run.log_id);
        if (answer.ok()) {
          ++cancelled;
        } else {
          EXPECT_EQ(ReasonOf(answer.status()), "SYNC_ENDED") << answer.status();
        }
      }
    });
    // The finisher goes through them in the same order, several at once, as a report would.
    for (int i = 0; i < kRuns; i += 4) {
      std::vector<FinishEvent> batch;
      for (int j = i; j < i + 4; ++j)
        batch.push_back(Success(runs[static_cast<std::size_t>(j)], 1));
      const auto results = store_.Finish(batch);
      ASSERT_TRUE(results.ok()) << results.status();
      for (const FinishResult& result : *results)
        finished += result.outcome == FinishOutcome::kEnded ? 1 : 0;
      // Lets the canceller catch up, so that both win some.
      while (cancelled + finished < round * kRuns + i + 2) std::this_thread::yield();
    }
    canceller.join();
    ASSERT_EQ(QueryInt(*db_, "SELECT count(*) FROM syncline.live"), 0);
  }
  EXPECT_EQ(cancelled + finished, kRounds * kRuns);
  EXPECT_GT(cancelled, 0);
  EXPECT_GT(finished, 0);
  EXPECT_EQ(QueryInt(*db_, "SELECT count(*) FROM syncline.sync_history"), kRounds * kRuns);
  EXPECT_EQ(QueryInt(*db_, "SELECT count(DISTINCT log_id) FROM syncline.sync_history"),
            kRounds * kRuns);
  EXPECT_EQ(QueryInt(*db_, "SELECT count(*) FROM syncline.sync_history WHERE status = 'SUCCESS'"),
            finished);
  EXPECT_EQ(QueryInt(*db_,
                     "SELECT count(*) FROM syncline.integrations WHERE next_sync_at > now() AND "
                     "mod(extract(epoch FROM next_sync_at - grid_anchor), 300) = 0"),
            kRuns);
  std::printf("%d runs: %d cancelled, %d finished\n", kRounds * kRuns, cancelled.load(),
              finished.load());
}

}  // namespace
}  // namespace syncline::scheduler
