#include "scheduler/app/finisher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/ids.h"
#include "scheduler/storage/slots_fixture.h"
#include "tests/support/concurrent_call.h"
#include "tests/support/test_cluster.h"

namespace syncline::scheduler {
namespace {

using syncline::testing::ConcurrentCall;
using syncline::testing::OpenOrDie;
using syncline::testing::QueryInt;
using syncline::testing::QueryOrDie;
using syncline::testing::TestCluster;
using ::testing::SizeIs;

class FinisherTest : public ::testing::Test {
 protected:
  FinisherTest()
      : url_(TestCluster::Get().NewDatabase()),
        db_(OpenOrDie(url_)),
        pool_(Options(), 4),
        store_(&pool_),
        metrics_("syncline_test"),
        finisher_(
            &store_, RetryScale{}, [] { return 0.5; }, &metrics_) {}

  postgres::ConnectionOptions Options() const {
    postgres::ConnectionOptions options;
    options.url = url_;
    return options;
  }

  std::vector<ClaimedRun> ClaimDue(int count) {
    QueryOrDie(*db_,
               "INSERT INTO syncline.integrations (name, type, sync_interval, next_sync_at)"
               " SELECT 'n', 'REST', 300, now() FROM generate_series(1, " +
                   std::to_string(count) + ")");
    auto runs = store_.Claim(SlotsOf(NewRandomUuid(), static_cast<std::size_t>(count)), {"REST"},
                             absl::Seconds(10));
    EXPECT_TRUE(runs.ok()) << runs.status();
    EXPECT_THAT(*runs, SizeIs(count));
    return *std::move(runs);
  }

  // The retry that waits, as if its time had come.
  ClaimedRun ClaimRetry() {
    QueryOrDie(*db_, "UPDATE syncline.live SET not_before = now()");
    return store_.Claim(SlotsOf(NewRandomUuid()), {"REST"}, absl::Seconds(10)).value().at(0);
  }

  static FinishEvent Failed(const ClaimedRun& run, const std::string& error_class,
                            const std::string& message) {
    FinishEvent event;
    event.run = {run.integration_id, run.log_id, run.fence};
    event.error_class = error_class;
    event.error_message = message;
    return event;
  }

  absl::StatusOr<std::vector<FinishOutcome>> Finish(std::vector<FinishEvent> events) {
    return finisher_.Finish(events);
  }

  std::string url_;
  std::unique_ptr<postgres::Connection> db_;
  postgres::Pool pool_;
  RunStore store_;
  Metrics metrics_;
  Finisher finisher_;
};

TEST_F(FinisherTest, OneRowThatCannotBeStoredEndsAsOursAndTheRestCommit) {
  const auto runs = ClaimDue(9);
  std::vector<FinishEvent> events;
  events.reserve(runs.size());
  for (const ClaimedRun& run : runs) events.push_back(Failed(run, "DATA", "bad answer"));
  events[5].error_message = "not UTF-8: \xff";
  const auto outcomes = Finish(events);
  ASSERT_TRUE(outcomes.ok()) << outcomes.status();
  EXPECT_THAT(*outcomes, SizeIs(9));
  EXPECT_EQ(QueryInt(*db_, "SELECT count(*) FROM syncline.sync_history WHERE error_class = 'DATA'"),
            8);
  EXPECT_EQ(QueryInt(*db_,
                     "SELECT count(*) FROM syncline.sync_history WHERE error_class = 'INTERNAL' "
                     "AND log_id = '" +
                         runs[5].log_id + "'"),
            1);
  EXPECT_EQ(
      QueryInt(
          *db_,
          "SELECT count(*) FROM syncline.live WHERE trigger = 'RETRY' AND internal_retries = 1"),
      1);
}

TEST_F(FinisherTest, ADatabaseThatCannotWriteEndsNoRunAndTheSameReportDoesLater) {
  const auto runs = ClaimDue(3);
  std::vector<FinishEvent> events;
  events.reserve(runs.size());
  for (const ClaimedRun& run : runs) events.push_back(Failed(run, "DATA", "bad answer"));
  for (const char* state : {"53100", "25006"}) {
    QueryOrDie(*db_,
               std::string("CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS "
                           "$$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '") +
                   state + "'; END $$");
    QueryOrDie(*db_,
               "CREATE TRIGGER refuse BEFORE INSERT ON syncline.sync_history FOR EACH ROW "
               "EXECUTE FUNCTION public.refuse()");
    const auto refused = Finish(events);
    EXPECT_EQ(refused.status().code(), absl::StatusCode::kUnavailable) << refused.status();
    EXPECT_EQ(QueryInt(*db_, "SELECT count(*) FROM syncline.live WHERE fence IS NOT NULL"), 3);
    EXPECT_EQ(QueryInt(*db_, "SELECT sum(retry_count) FROM syncline.integrations"), 0);
    QueryOrDie(*db_, "DROP FUNCTION public.refuse CASCADE");
  }
  ASSERT_TRUE(Finish(events).ok());
  EXPECT_EQ(QueryInt(*db_, "SELECT count(*) FROM syncline.sync_history WHERE error_class = 'DATA'"),
            3);
}

TEST_F(FinisherTest, ADisableThatCommitsWhileTheFinishWaitsIsSeen) {
  const auto runs = ClaimDue(1);
  const auto user = OpenOrDie(url_);
  QueryOrDie(*user, "BEGIN");
  QueryOrDie(*user,
             "UPDATE syncline.integrations SET sync_enabled = false, next_sync_at = NULL, "
             "settings_version = settings_version + 1");
  absl::StatusOr<std::vector<FinishOutcome>> outcomes = absl::UnknownError("");
  ConcurrentCall finisher(*db_, [&] { outcomes = Finish({Failed(runs[0], "TRANSIENT", "no")}); });
  EXPECT_TRUE(finisher.waited());
  QueryOrDie(*user, "COMMIT");
  finisher.Join();
  ASSERT_TRUE(outcomes.ok()) << outcomes.status();
  EXPECT_EQ(QueryInt(*db_, "SELECT count(*) FROM syncline.live"),
            0);  // a switched-off integration is not retried
  EXPECT_EQ(
      QueryInt(*db_, "SELECT count(*) FROM syncline.sync_history WHERE error_class = 'TRANSIENT'"),
      1);
}

TEST_F(FinisherTest, RefusedCredentialsAreCheckedOnceMoreOnly) {
  const ClaimedRun run = ClaimDue(1).at(0);
  ASSERT_TRUE(Finish({Failed(run, "AUTH", "example.com answered 401")}).ok());
  ASSERT_EQ(QueryInt(*db_, "SELECT count(*) FROM syncline.live WHERE wait_reason = 'BACKOFF'"), 1);
  ASSERT_TRUE(Finish({Failed(ClaimRetry(), "AUTH", "example.com answered 401")}).ok());
  EXPECT_EQ(QueryInt(*db_, "SELECT count(*) FROM syncline.live"), 0);
  EXPECT_EQ(QueryInt(*db_,
                     "SELECT count(*) FROM syncline.integrations WHERE NOT sync_enabled AND "
                     "disabled_reason LIKE 'reconnect needed%'"),
            1);
}

TEST_F(FinisherTest, AFaultOfOursIsRetriedFiveTimesAndDisablesNothing) {
  ClaimedRun run = ClaimDue(1).at(0);
  for (int retry = 1; retry <= kMaxInternalRetries; ++retry) {
    ASSERT_TRUE(Finish({Failed(run, "INTERNAL", "no")}).ok());
    ASSERT_EQ(QueryInt(*db_, "SELECT count(*) FROM syncline.live"), 1) << retry;
    run = ClaimRetry();
  }
  ASSERT_TRUE(Finish({Failed(run, "INTERNAL", "no")}).ok());
  EXPECT_EQ(QueryInt(*db_, "SELECT count(*) FROM syncline.live"), 0);
  EXPECT_EQ(QueryInt(*db_,
                     "SELECT count(*) FROM syncline.integrations WHERE sync_enabled AND "
                     "retry_count = 0 AND next_sync_at > now()"),
            1);
}

TEST_F(FinisherTest, RetriesRunOutAndTheIntegrationIsSwitchedOff) {
  ClaimedRun run = ClaimDue(1).at(0);
  const std::vector<int> expected_waits = {60, 120, 240};
  for (const int wait : expected_waits) {
    ASSERT_TRUE(Finish({Failed(run, "TRANSIENT", "example.com answered 500")}).ok());
    EXPECT_EQ(
        QueryInt(*db_,
                 "SELECT round(extract(epoch FROM not_before - created_at)) FROM syncline.live"),
        wait);
    run = ClaimRetry();
  }
  ASSERT_TRUE(Finish({Failed(run, "TRANSIENT", "example.com answered 500")}).ok());
  EXPECT_EQ(
      QueryInt(
          *db_,
          "SELECT count(*) FROM syncline.integrations WHERE NOT sync_enabled AND retry_count = 4"
          " AND disabled_reason LIKE '%3 retries in a row failed%'"),
      1);
  EXPECT_EQ(QueryInt(*db_, "SELECT count(DISTINCT run_id) FROM syncline.sync_history"), 1);
  EXPECT_EQ(QueryInt(*db_, "SELECT count(*) FROM syncline.sync_history"), 4);
  EXPECT_EQ(QueryInt(*db_, "SELECT count(*) FROM syncline.live"), 0);
}

}  // namespace
}  // namespace syncline::scheduler
