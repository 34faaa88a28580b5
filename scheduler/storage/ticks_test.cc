// The queue of ticks: who may run by itself and has no run is in it, once, at its next_sync_at.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scheduler/storage/executor_store.h"
#include "scheduler/storage/integration_store.h"
#include "scheduler/storage/run_store_fixture.h"
#include "scheduler/storage/sync_journal_store.h"
#include "tests/support/concurrent_call.h"

namespace syncline::scheduler {
namespace {

using syncline::testing::ConcurrentCall;
using syncline::testing::OpenOrDie;
using syncline::testing::QueryInt;
using syncline::testing::QueryOrDie;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class TicksTest : public RunStoreTest {
 protected:
  void Set(const std::string& what) {
    QueryOrDie(*db_, "UPDATE syncline.integrations SET " + what);
  }

  // Who may run by itself, has no run, and is not in the queue.
  std::int64_t Lost() {
    return QueryInt(*db_,
                    "SELECT count(*) FROM syncline.integrations i WHERE sync_enabled AND "
                    "deleted_at IS NULL AND blocked_reason IS NULL AND next_sync_at IS NOT NULL "
                    "AND NOT EXISTS (SELECT FROM syncline.live v WHERE v.integration_id = i.id) "
                    "AND NOT EXISTS (SELECT FROM syncline.ticks k WHERE k.integration_id = i.id "
                    "AND k.due_at = i.next_sync_at)");
  }

  std::int64_t Queued() { return QueryInt(*db_, "SELECT count(*) FROM syncline.ticks"); }

  // The one integration is in the queue once, at a tick of its grid that is ahead.
  void ExpectAhead(const std::string& after) {
    EXPECT_EQ(Lost(), 0) << after;
    EXPECT_EQ(Queued(), 1) << after;
    EXPECT_EQ(QueryInt(*db_,
                       "SELECT count(*) FROM syncline.ticks k JOIN syncline.integrations i ON "
                       "i.id = k.integration_id WHERE k.due_at > now() AND "
                       "mod(extract(epoch FROM k.due_at - i.grid_anchor), i.sync_interval) = 0"),
              1)
        << after;
  }

  ClaimedRun Running() {
    ClaimedRun run = Claim(1).at(0);
    EXPECT_THAT(*store_.Renew({Ref(run)}, absl::Seconds(30)), SizeIs(1));
    return run;
  }

  FinishOutcome Succeed(const ClaimedRun& run) {
    CommitPages(run, 1, true);
    return Finish(Success(run, 1));
  }
};

TEST_F(TicksTest, WhateverChangesWhenAnIntegrationIsDueChangesTheQueue) {
  AddIntegration("a");
  const struct {
    const char* change;
    int queued;
  } kChanges[] = {
      {"name = 'b'", 1},
      {"next_sync_at = now() + interval '1 h'", 1},
      {"sync_enabled = false", 0},
      {"next_sync_at = NULL", 0},
      {"next_sync_at = now() + interval '2 h', sync_enabled = true", 1},
      {"blocked_reason = 'x'", 0},
      {"next_sync_at = now() + interval '3 h'", 0},
      {"blocked_reason = NULL", 1},
      {"deleted_at = now()", 0},
      {"deleted_at = NULL", 1},
  };
  for (const auto& c : kChanges) {
    Set(c.change);
    EXPECT_EQ(Queued(), c.queued) << c.change;
    EXPECT_EQ(Lost(), 0) << c.change;
  }
  QueryOrDie(*db_, "DELETE FROM syncline.integrations");
  EXPECT_EQ(Queued(), 0);
}

TEST_F(TicksTest, EveryEndOfARunQueuesTheNextTick) {
  AddIntegration("a");
  EXPECT_EQ(Succeed(Running()), FinishOutcome::kEnded);
  ExpectAhead("a success");
  Set("next_sync_at = now()");
  EXPECT_EQ(Finish(Failure(Running(), {})), FinishOutcome::kEnded);
  ExpectAhead("a failure");
  Set("next_sync_at = now()");
  SyncJournalStore journal(&pool_);
  ASSERT_TRUE(journal.Cancel("", Running().log_id).ok());
  ExpectAhead("a cancel");
}

TEST_F(TicksTest, ARetryWaitsBesideTheNextTickAndMovesItWhenItHasPassed) {
  AddIntegration("a");
  FinishDecision retry;
  retry.retry_delay = absl::ZeroDuration();
  ASSERT_EQ(Finish(Failure(Running(), retry)), FinishOutcome::kEnded);
  ExpectAhead("a failure that is tried again");
  const ClaimedRun again = Running();
  EXPECT_EQ(again.attempt, 2);
  Set("next_sync_at = now()");
  EXPECT_THAT(Claim(1), IsEmpty());
  EXPECT_EQ(Succeed(again), FinishOutcome::kEnded);
  ExpectAhead("the retry");
}

TEST_F(TicksTest, ARunByHandLeavesATickThatIsAhead) {
  const std::string id = AddIntegration("a");
  Set("next_sync_at = grid_anchor + interval '300 s'");
  ASSERT_TRUE(triggers_.Trigger({"", id, "r", false}).ok());
  EXPECT_EQ(Succeed(Running()), FinishOutcome::kEnded);
  ExpectAhead("a run by hand");
}

TEST_F(TicksTest, ATickThatPassesDuringARunByHandMoves) {
  const std::string id = AddIntegration("a");
  ASSERT_TRUE(triggers_.Trigger({"", id, "r", false}).ok());
  EXPECT_EQ(Succeed(Running()), FinishOutcome::kEnded);
  ExpectAhead("a run by hand");
}

TEST_F(TicksTest, ASwitchedOffIntegrationsRunQueuesNothing) {
  AddIntegration("a");
  const ClaimedRun run = Running();
  Set("sync_enabled = false, next_sync_at = NULL");
  EXPECT_EQ(Succeed(run), FinishOutcome::kEnded);
  EXPECT_EQ(Queued(), 0);
}

// The finish waits for the integration's lock, and finds another schedule than the one that it saw.
TEST_F(TicksTest, AFinishKeepsToTheScheduleThatItWaitedFor) {
  const std::string id = AddIntegration("a");
  const struct {
    const char* change;
    int queued;
  } kChanges[] = {
      {"sync_enabled = false, next_sync_at = NULL", 0},
      {"sync_enabled = true, next_sync_at = grid_anchor + interval '300 s'", 1},
      {"sync_interval = NULL, next_sync_at = NULL", 0},
      {"sync_interval = 300, next_sync_at = grid_anchor + interval '300 s'", 1},
  };
  for (const auto& c : kChanges) {
    ASSERT_TRUE(triggers_.Trigger({"", id, c.change, false}).ok());
    const ClaimedRun run = Running();
    CommitPages(run, 1, true);
    const auto user = OpenOrDie(url_);
    QueryOrDie(*user, "BEGIN");
    QueryOrDie(*user, std::string("UPDATE syncline.integrations SET ") + c.change);
    FinishOutcome outcome = FinishOutcome::kNoSuchFence;
    ConcurrentCall finish(*db_, [&] { outcome = Finish(Success(run, 1)); });
    EXPECT_TRUE(finish.waited()) << c.change;
    QueryOrDie(*user, "COMMIT");
    finish.Join();
    EXPECT_EQ(outcome, FinishOutcome::kEnded) << c.change;
    // The finish does not see the tick that came while it waited, and puts in its twin.
    EXPECT_EQ(QueryInt(*db_, "SELECT count(*) FROM (SELECT DISTINCT * FROM syncline.ticks) k"),
              c.queued)
        << c.change;
    EXPECT_EQ(Lost(), 0) << c.change;
  }
}

TEST_F(TicksTest, ABlockedIntegrationComesBackWithATrigger) {
  const std::string id = AddIntegration("a");
  FinishDecision verdict;
  verdict.block_reason = "killed two executors";
  ASSERT_EQ(Finish(Failure(Running(), verdict)), FinishOutcome::kEnded);
  EXPECT_EQ(Queued(), 0);
  ASSERT_TRUE(triggers_.Trigger({"", id, "r", false}).ok());
  ExpectAhead("a trigger");
}

TEST_F(TicksTest, AChangeDuringARunLeavesOneTick) {
  const std::string id = AddIntegration("a");
  const ClaimedRun run = Running();
  IntegrationStore directory(&pool_);
  IntegrationChange change;
  change.settings.interval = absl::Seconds(86400);
  ASSERT_TRUE(directory.Change({"", id}, change).ok());
  ExpectAhead("a new interval");
  EXPECT_EQ(Succeed(run), FinishOutcome::kEnded);
  ExpectAhead("the end of the run");
}

TEST_F(TicksTest, WhatIsShownDuringARunIsTheNextTickNotTheOneItServes) {
  const std::string id = AddIntegration("a");
  Running();
  IntegrationStore directory(&pool_);
  const auto shown = directory.Get({"", id});
  ASSERT_TRUE(shown.ok()) << shown.status();
  ASSERT_TRUE(shown->next_sync_at);
  EXPECT_EQ(QueryInt(*db_,
                     "SELECT count(*) FROM syncline.integrations WHERE "
                     "syncline.next_tick(grid_anchor, 300, now()) = '" +
                         absl::FormatTime(*shown->next_sync_at) + "'"),
            1);
}

// What somebody sets into the past by hand, in the middle of a run, is taken for the tick that the
// run serves. It stays behind, starts nothing, and goes when the house is kept.
TEST_F(TicksTest, ATickThatWasLeftBehindStartsNothingAndGoes) {
  AddIntegration("a");
  const ClaimedRun run = Running();
  Set("next_sync_at = now() - interval '1 h'");
  EXPECT_EQ(Succeed(run), FinishOutcome::kEnded);
  EXPECT_EQ(Lost(), 0);
  EXPECT_EQ(Queued(), 2);
  EXPECT_THAT(Claim(1), IsEmpty());
  QueryOrDie(*db_, "INSERT INTO syncline.ticks VALUES (now(), gen_random_uuid())");  // nobody's
  ASSERT_TRUE(ExecutorStore(&pool_).KeepHouse(absl::Hours(24)).ok());
  ExpectAhead("the house is kept");
}

TEST_F(TicksTest, ATickThatIsThereTwiceStartsOneRun) {
  AddIntegration("a");
  QueryOrDie(*db_, "INSERT INTO syncline.ticks SELECT * FROM syncline.ticks");
  const auto runs = Claim(3);
  ASSERT_THAT(runs, SizeIs(1));
  EXPECT_EQ(Queued(), 0);
  EXPECT_EQ(Succeed(runs[0]), FinishOutcome::kEnded);
  ExpectAhead("the run");
}

// A run by hand writes a page while its integration's tick passes: the claim neither waits for the
// page nor takes the tick, and goes on to what is behind it.
TEST_F(TicksTest, AClaimPassesByATickWhoseIntegrationRuns) {
  const std::string id = AddIntegration("a");
  ASSERT_TRUE(triggers_.Trigger({"", id, "r", false}).ok());
  const ClaimedRun run = Running();
  const std::string behind = AddIntegration("behind it");
  const auto page = OpenOrDie(url_);
  QueryOrDie(*page, "BEGIN");
  QueryOrDie(*page, "UPDATE syncline.live SET page_seq = page_seq + 1");
  std::vector<ClaimedRun> claimed;
  ConcurrentCall claim(*db_, [&] { claimed = Claim(1); });
  EXPECT_FALSE(claim.waited());
  QueryOrDie(*page, "ROLLBACK");
  claim.Join();
  ASSERT_THAT(claimed, SizeIs(1));
  EXPECT_EQ(claimed[0].integration_id, behind);
  EXPECT_EQ(Queued(), 1);
  EXPECT_EQ(Succeed(run), FinishOutcome::kEnded);
  ExpectAhead("the run by hand");
}

// As after a step back of the database's clock: the next tick is the one that the run has taken.
TEST_F(TicksTest, TheTickThatARunHasTakenMayComeAgain) {
  AddIntegration("a");
  const std::string same =
      "next_sync_at = syncline.next_tick(grid_anchor, 300, now()),"
      " ticks_kept = ticks_kept + 1";
  ClaimedRun run = Running();
  Set(same);
  SyncJournalStore journal(&pool_);
  ASSERT_TRUE(journal.Cancel("", run.log_id).ok());
  ExpectAhead("a cancel");
  Set("next_sync_at = now()");
  run = Running();
  Set(same);
  QueryOrDie(*db_, "UPDATE syncline.live SET trigger = 'RETRY'");
  EXPECT_EQ(Succeed(run), FinishOutcome::kEnded);
  ExpectAhead("a retry");
}

TEST_F(TicksTest, ABlockedIntegrationLeavesNoTick) {
  const std::string id = AddIntegration("a");
  Set("next_sync_at = grid_anchor + interval '300 s'");
  ASSERT_TRUE(triggers_.Trigger({"", id, "r", false}).ok());
  ClaimedRun run = Running();
  FinishDecision verdict;
  verdict.block_reason = "killed two executors";
  ASSERT_EQ(Finish(Failure(run, verdict)), FinishOutcome::kEnded);
  EXPECT_EQ(Queued(), 0);
  ASSERT_TRUE(triggers_.Trigger({"", id, "r2", false}).ok());
  run = Running();
  Set("blocked_reason = 'again'");
  EXPECT_EQ(Succeed(run), FinishOutcome::kEnded);
  EXPECT_EQ(Queued(), 0);
  Set("blocked_reason = NULL");
  ExpectAhead("nothing blocks it");
}

TEST_F(TicksTest, NoChangeReadsTheWholeQueue) {
  AddIntegration("a");
  QueryOrDie(*db_, "BEGIN");
  Set("next_sync_at = now() + interval '1 h'");
  EXPECT_EQ(QueryInt(*db_, "SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relname = 'ticks'"),
            0);
  EXPECT_EQ(QueryInt(*db_, "SELECT idx_scan FROM pg_stat_xact_user_tables WHERE relname = 'ticks'"),
            1);
  QueryOrDie(*db_, "COMMIT");
}

// As a binary of an older release claims and ends runs: it knows nothing of the queue.
TEST_F(TicksTest, AnOlderBinaryKeepsTheQueueWithoutKnowingIt) {
  AddIntegration("a");
  Set("next_sync_at = grid_anchor + interval '300 s', epoch = epoch + 1");  // with its claim
  ExpectAhead("its claim");
  Set("next_sync_at = grid_anchor + interval '600 s', last_status = 'SUCCESS'");
  ExpectAhead("its finish");
  Set("next_sync_at = now()");
  const ClaimedRun run = Running();
  QueryOrDie(*db_, "DELETE FROM syncline.live WHERE fence = '" + run.fence + "'");
  Set("next_sync_at = grid_anchor + interval '900 s', last_status = 'SUCCESS'");
  ExpectAhead("its finish of a newer one's claim");
}

}  // namespace
}  // namespace syncline::scheduler
