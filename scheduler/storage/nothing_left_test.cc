// Runs that end without a page that completes them: every stream was done before their claim.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scheduler/storage/run_store_fixture.h"

namespace syncline::scheduler {
namespace {

using testing::QueryInt;
using testing::QueryOrDie;
using ::testing::SizeIs;

FinishEvent NothingLeft(FinishEvent success) {
  success.nothing_left = true;
  return success;
}

TEST_F(RunStoreTest, ARunWithNothingLeftSucceedsWithoutHavingBeenAccepted) {
  AddIntegration("a");
  const ClaimedRun run = Claim(1).at(0);
  EXPECT_EQ(Finish(NothingLeft(Success(run, 0))), FinishOutcome::kEnded);
  EXPECT_EQ(QueryInt(*db_, "SELECT count(*) FROM syncline.live"), 0);
  EXPECT_EQ(QueryInt(*db_,
                     "SELECT count(*) FROM syncline.sync_history h JOIN syncline.integrations i "
                     "ON i.last_log_id = h.log_id AND i.last_started_at = h.started_at "
                     "WHERE h.status = 'SUCCESS' AND h.started_at = h.ended_at AND "
                     "h.started_at >= h.created_at AND h.duration_ms = 0 AND h.pages = 0"),
            1)
      << "it began when it ended";
  // Sent again, because the answer was lost:
  EXPECT_EQ(Finish(NothingLeft(Success(run, 0))), FinishOutcome::kNoSuchFence);
  EXPECT_EQ(store_.LookUp({Ref(run)})->at(run.fence).ended_status, "SUCCESS");
}

TEST_F(RunStoreTest, ARunWithNothingLeftThatHadBegunKeepsItsBeginning) {
  AddIntegration("a");
  const ClaimedRun before = Claim(1).at(0);
  ASSERT_TRUE(store_.Renew({Ref(before)}, absl::Seconds(30)).ok());
  CommitPages(before, 2, false);
  QueryOrDie(*db_, "UPDATE syncline.live SET started_at = '2026-01-01'");
  ASSERT_THAT(*store_.Release({{Ref(before), ReleaseKind::kReturn, {}, ""}}), SizeIs(1));
  const ClaimedRun run = Claim(1).at(0);
  EXPECT_EQ(run.state.page_seq, 2);
  EXPECT_EQ(Finish(NothingLeft(Success(run, 2))), FinishOutcome::kEnded);
  EXPECT_EQ(QueryInt(*db_,
                     "SELECT count(*) FROM syncline.sync_history WHERE status = 'SUCCESS' AND "
                     "started_at = '2026-01-01' AND pages = 2 AND fetched = 10"),
            1);
}

TEST_F(RunStoreTest, NothingLeftCountsOnlyForThePagesThatAreThere) {
  for (const std::int64_t reported : {1, 3}) {
    AddIntegration("a");
    const ClaimedRun run = Claim(1).at(0);
    CommitPages(run, 2, false);
    EXPECT_EQ(Finish(NothingLeft(Success(run, reported))), FinishOutcome::kResume) << reported;
    EXPECT_EQ(QueryInt(*db_, "SELECT count(*) FROM syncline.sync_history"), 0);
    const auto again = Claim(1);
    ASSERT_THAT(again, SizeIs(1));
    EXPECT_EQ(again[0].log_id, run.log_id);
    EXPECT_EQ(Finish(NothingLeft(Success(run, 2))), FinishOutcome::kNoSuchFence) << "a stale fence";
    EXPECT_FALSE(store_.LookUp({Ref(run)})->at(run.fence).ended_status);
    QueryOrDie(*db_, "DELETE FROM syncline.live");
    QueryOrDie(*db_, "DELETE FROM syncline.integrations");
  }
}

}  // namespace
}  // namespace syncline::scheduler
