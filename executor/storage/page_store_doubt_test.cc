// Statements whose answer is lost, and writers that meet.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <thread>

#include "executor/storage/live_row_fixture.h"

namespace syncline::executor {
namespace {

using testing::OpenOrDie;
using testing::QueryInt;
using testing::QueryOrDie;

class DoubtTest : public LiveRowTest {
 protected:
  // Waits until a session of this database is waiting for a lock, and returns its process.
  std::int64_t WaitForABlockedSession() {
    while (true) {
      const auto pid = QueryInt(*connection_,
                                "SELECT coalesce((SELECT min(pid) FROM pg_stat_activity WHERE "
                                "datname = current_database() AND wait_event_type = 'Lock'), 0)");
      if (pid != 0) return pid;
      std::this_thread::yield();
    }
  }
};

TEST_F(DoubtTest, ABackendThatIsKilledUnderThePageLeavesNothingAndThePageGoesAgain) {
  const Claim claim = NewClaim();
  const PageWrite page = PageOf({{"a", "{}"}});
  const auto blocker = OpenOrDie(url_);
  ASSERT_TRUE(blocker
                  ->RunScript(fmt::format(
                      "BEGIN; SELECT FROM syncline.live WHERE integration_id = '{}' FOR UPDATE",
                      claim.integration_id))
                  .ok());
  absl::Status status;
  std::thread writer([&] { status = store_.WritePage(claim, 0, kTestLease, page).status(); });
  QueryOrDie(*connection_,
             fmt::format("SELECT pg_terminate_backend({})", WaitForABlockedSession()));
  writer.join();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  ASSERT_TRUE(blocker->RunScript("ROLLBACK").ok());
  const auto state = store_.ReadRun(claim);
  ASSERT_TRUE(state.ok()) << state.status();
  EXPECT_EQ(ResolveDoubt(*state, 0), Doubt::kSendAgain);
  EXPECT_EQ(WriteOrFail(claim, page).created, 1);
}

TEST_F(DoubtTest, APageThatCommittedUnheardIsFoundDoneAndCountsOnce) {
  const Claim claim = NewClaim();
  const PageWrite page = PageOf({{"a", "{}"}});
  WriteOrFail(claim, page);  // committed; imagine that the answer never came
  EXPECT_EQ(ResolveDoubt(*store_.ReadRun(claim), 0), Doubt::kDone);
  const auto again = store_.WritePage(claim, 0, kTestLease, page);
  ASSERT_TRUE(again.ok());
  EXPECT_FALSE(*again);
  EXPECT_EQ(Text(claim, "SELECT (fetched, created, pages, page_seq) FROM syncline.live"),
            "(1,1,1,1)");
}

TEST_F(DoubtTest, APageThatWaitedForATakeoverWritesNothing) {
  const Claim claim = NewClaim();
  const auto reaper = OpenOrDie(url_);
  ASSERT_TRUE(reaper->RunScript("BEGIN; UPDATE syncline.live SET fence = gen_random_uuid()").ok());
  absl::StatusOr<std::optional<Committed>> written = absl::InternalError("");
  std::thread writer([&] {
    written = store_.WritePage(claim, 0, kTestLease, PageOf({{"a", "{}"}}));
  });
  WaitForABlockedSession();
  ASSERT_TRUE(reaper->RunScript("COMMIT").ok());
  writer.join();
  ASSERT_TRUE(written.ok()) << written.status();
  EXPECT_FALSE(*written);
  EXPECT_EQ(Int(claim,
                "SELECT (SELECT count(*) FROM syncline.records) + (SELECT count(*) FROM "
                "syncline.checkpoints)"),
            0);
  EXPECT_EQ(ResolveDoubt(*store_.ReadRun(claim), 0), Doubt::kLost);
}

TEST_F(DoubtTest, APageThatWaitedForARenewalIsWrittenOnTopOfIt) {
  const Claim claim = NewClaim();
  const auto scheduler = OpenOrDie(url_);
  ASSERT_TRUE(
      scheduler
          ->RunScript(
              "BEGIN; UPDATE syncline.live SET state = 'RUNNING', started_at = '2026-01-01', "
              "running_since = '2026-01-01'")
          .ok());
  absl::StatusOr<std::optional<Committed>> written = absl::InternalError("");
  std::thread writer([&] {
    written = store_.WritePage(claim, 0, kTestLease, PageOf({{"a", "{}"}}));
  });
  WaitForABlockedSession();
  ASSERT_TRUE(scheduler->RunScript("COMMIT").ok());
  writer.join();
  ASSERT_TRUE(written.ok() && *written) << written.status();
  EXPECT_EQ(Text(claim, "SELECT (page_seq, created, started_at = '2026-01-01') FROM syncline.live"),
            "(1,1,t)");
}

TEST_F(DoubtTest, WhatTheDatabaseCannotStoreIsAnErrorWithAnSqlStateAndLeavesNothing) {
  const Claim claim = NewClaim();
  const std::string before = Everything();
  PageWrite page = PageOf({{"a", "{}"}, {"b", R"({"t":"\u0000"})"}});
  for (const Expected expected : {Expected::kNew, Expected::kAnything, Expected::kUnchanged}) {
    page.expected = expected;
    const auto written = store_.WritePage(claim, 0, kTestLease, page);
    EXPECT_EQ(written.status().code(), absl::StatusCode::kInternal) << written.status();
    EXPECT_EQ(Everything(), before);
  }
}

}  // namespace
}  // namespace syncline::executor
