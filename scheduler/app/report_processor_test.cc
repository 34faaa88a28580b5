#include "scheduler/app/report_processor.h"
#include "scheduler/storage/slots_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <future>

#include "common/base/errors.h"
#include "common/base/ids.h"
#include "tests/support/concurrent_call.h"
#include "tests/support/test_cluster.h"

namespace syncline::scheduler {
namespace {

using internal::v1::Directive;
using internal::v1::ReportRequest;
using internal::v1::ReportResponse;
using syncline::testing::OpenOrDie;
using syncline::testing::QueryInt;
using syncline::testing::QueryOrDie;
using syncline::testing::TestCluster;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Answered = std::pair<absl::Status, ReportResponse>;

class ReportProcessorTest : public ::testing::Test {
 protected:
  ReportProcessorTest()
      : db_(OpenOrDie(url_)),
        pool_(Options(), 4),
        runs_(&pool_),
        executors_(&pool_),
        finisher_(
            &runs_, RetryScale{}, [] { return 0.5; }, &metrics_),
        processor_({&runs_, &executors_, &finisher_, &registry_, &metrics_}, absl::Seconds(30),
                   [this] { ++changes_; }) {}

  postgres::ConnectionOptions Options() const {
    postgres::ConnectionOptions options;
    options.url = url_;
    return options;
  }

  ClaimedRun ClaimOne() {
    QueryOrDie(*db_,
               "INSERT INTO syncline.integrations (name, type, sync_interval, next_sync_at) VALUES "
               "('n', 'REST', 300, now())");
    return runs_.Claim(SlotsOf(process_), {"REST"}, absl::Seconds(10))->at(0);
  }

  internal::v1::RunReport& AddReport(ReportRequest& request, const ClaimedRun& run) {
    request.set_process_id(process_);
    auto& report = *request.add_reports();
    report.set_integration_id(run.integration_id);
    report.set_log_id(run.log_id);
    report.set_fence(run.fence);
    return report;
  }

  Answered Send(const ReportRequest& request) {
    std::promise<Answered> answered;
    processor_.Submit(request, [&](absl::Status status, ReportResponse response) {
      answered.set_value({std::move(status), std::move(response)});
    });
    return answered.get_future().get();
  }

  const std::string url_ = TestCluster::Get().NewDatabase();
  const std::string process_ = NewRandomUuid();
  std::unique_ptr<postgres::Connection> db_;
  postgres::Pool pool_;
  RunStore runs_;
  ExecutorStore executors_;
  Metrics metrics_{"syncline_test"};
  std::atomic<int> changes_ = 0;
  ExecutorRegistry registry_{[] {}};
  Finisher finisher_;
  ReportProcessor processor_;
};

TEST_F(ReportProcessorTest, AFinishSentAgainIsAnsweredAsDone) {
  const ClaimedRun run = ClaimOne();
  QueryOrDie(*db_, "UPDATE syncline.live SET page_seq = 2, complete = true");
  ReportRequest request;
  auto& finished = *AddReport(request, run).mutable_finished();
  finished.set_status("SUCCESS");
  finished.set_page_seq(2);
  const Answered first = Send(request);
  ASSERT_TRUE(first.first.ok()) << first.first;
  EXPECT_EQ(first.second.directives(0).kind(), Directive::APPLIED);
  const Answered second = Send(request);
  EXPECT_EQ(second.second.directives(0).kind(), Directive::ALREADY_DONE);
  EXPECT_EQ(second.second.directives(0).recorded_status(), "SUCCESS");
  EXPECT_EQ(QueryInt(*db_, "SELECT count(*) FROM syncline.sync_history"), 1);
  EXPECT_GE(changes_, 1);
}

TEST_F(ReportProcessorTest, AcceptMakesItRunningAndALostFenceIsTold) {
  const ClaimedRun run = ClaimOne();
  ReportRequest accept;
  AddReport(accept, run).mutable_accepted();
  EXPECT_THAT(Send(accept).second.directives(), IsEmpty());
  EXPECT_EQ(QueryInt(*db_, "SELECT count(*) FROM syncline.sync_logs WHERE status = 'RUNNING'"), 1);
  QueryOrDie(*db_, "UPDATE syncline.live SET state = 'PENDING', fence = NULL");
  ReportRequest heartbeat;
  AddReport(heartbeat, run).mutable_heartbeat();
  const Answered answered = Send(heartbeat);
  ASSERT_THAT(answered.second.directives(), SizeIs(1));
  EXPECT_EQ(answered.second.directives(0).kind(), Directive::LEASE_LOST);
}

TEST_F(ReportProcessorTest, ABatchThatHangsHoldsUpNoOther) {
  const ClaimedRun stuck = ClaimOne();
  const ClaimedRun other = ClaimOne();
  const auto blocker = OpenOrDie(url_);
  ASSERT_TRUE(blocker
                  ->RunScript("BEGIN; SELECT FROM syncline.integrations WHERE id = '" +
                              stuck.integration_id + "' FOR UPDATE")
                  .ok());
  ReportRequest finish;
  AddReport(finish, stuck).mutable_finished()->set_status("SUCCESS");
  absl::Status finished;
  testing::ConcurrentCall call(*db_, [&] { finished = Send(finish).first; });
  ASSERT_TRUE(call.waited());
  ReportRequest accept;
  AddReport(accept, other).mutable_accepted();
  EXPECT_TRUE(Send(accept).first.ok());
  EXPECT_EQ(QueryInt(*db_, "SELECT count(*) FROM syncline.live WHERE state = 'RUNNING'"), 1);
  ASSERT_TRUE(blocker->RunScript("ROLLBACK").ok());
  call.Join();
  EXPECT_TRUE(finished.ok());
}

// What an executor says counts for runs that it holds, and for no other: whatever it knows of
// another one's.
TEST_F(ReportProcessorTest, AnotherOnesRunIsOutOfReach) {
  const ClaimedRun run = ClaimOne();
  const ClaimedRun other = ClaimOne();
  const std::string thief = NewRandomUuid();
  const auto live = [&] {
    return QueryOrDie(*db_,
                      "SELECT string_agg(v::text, '|' ORDER BY integration_id) AS rows FROM "
                      "syncline.live v")[0]
        .String("rows");
  };
  const std::string before = live();
  const struct {
    const char* name;
    std::function<void(ReportRequest&, internal::v1::RunReport&)> change;
  } steals[] = {
      {"another process", [&](auto& request, auto&) { request.set_process_id(thief); }},
      {"another fence", [](auto&, auto& report) { report.set_fence(NewRandomUuid()); }},
      {"another integration",
       [&](auto&, auto& report) { report.set_integration_id(other.integration_id); }},
      {"another's run under one's own fence",
       [&](auto&, auto& report) {
         report.set_integration_id(other.integration_id);
         report.set_log_id(other.log_id);
       }},
  };
  const struct {
    const char* name;
    std::function<void(internal::v1::RunReport&)> say;
  } events[] = {
      {"accepts", [](auto& report) { report.mutable_accepted(); }},
      {"renews", [](auto& report) { report.mutable_heartbeat(); }},
      {"parks", [](auto& report) { report.mutable_parked(); }},
      {"returns", [](auto& report) { report.mutable_returned(); }},
      {"refuses", [](auto& report) { report.mutable_refused(); }},
      {"succeeds", [](auto& report) { report.mutable_finished()->set_status("SUCCESS"); }},
      {"fails",
       [](auto& report) {
         report.mutable_finished()->set_status("FAILED");
         report.mutable_finished()->set_error_class("CONFIG");
       }},
  };
  for (const auto& steal : steals) {
    for (const auto& event : events) {
      ReportRequest request;
      auto& report = AddReport(request, run);
      event.say(report);
      steal.change(request, report);
      const Answered answered = Send(request);
      ASSERT_THAT(answered.second.directives(), SizeIs(1)) << steal.name << " " << event.name;
      EXPECT_EQ(answered.second.directives(0).kind(), Directive::LEASE_LOST)
          << steal.name << " " << event.name;
      EXPECT_EQ(live(), before) << steal.name << " " << event.name;
    }
  }
  EXPECT_EQ(QueryInt(*db_, "SELECT count(*) FROM syncline.sync_history"), 0);
}

// The log is named by the fence's row, not by what is said: another one's history stays as it is.
TEST_F(ReportProcessorTest, AnotherOnesLogIsNotEndedByOnesOwnFence) {
  const ClaimedRun run = ClaimOne();
  const ClaimedRun other = ClaimOne();
  ReportRequest request;
  auto& report = AddReport(request, run);
  report.set_log_id(other.log_id);
  report.mutable_finished()->set_status("FAILED");
  report.mutable_finished()->set_error_class("CONFIG");
  ASSERT_TRUE(Send(request).first.ok());
  EXPECT_EQ(QueryInt(*db_, "SELECT count(*) FROM syncline.sync_history WHERE log_id = '" +
                               run.log_id + "'"),
            1);
  EXPECT_EQ(QueryInt(*db_, "SELECT count(*) FROM syncline.live WHERE log_id = '" + other.log_id +
                               "' AND state = 'CLAIMED'"),
            1);
}

TEST_F(ReportProcessorTest, ACompleteReportKeepsTheExecutorInSight) {
  ASSERT_TRUE(executors_.SayHello({process_, "e", "1", 8, 0, {"REST"}}, absl::Seconds(30)).ok());
  QueryOrDie(*db_, "UPDATE syncline.executors SET last_heard = now() - interval '1 h'");
  ReportRequest request;
  AddReport(request, ClaimOne()).mutable_heartbeat();
  request.set_complete(true);
  request.set_draining(true);
  ASSERT_TRUE(Send(request).first.ok());
  EXPECT_EQ(QueryInt(*db_,
                     "SELECT count(*) FROM syncline.executors WHERE busy = 1 AND draining AND "
                     "last_heard > now() - interval '1 min'"),
            1);
}

TEST_F(ReportProcessorTest, WithoutTheDatabaseNothingIsAcknowledged) {
  ReportRequest request;
  AddReport(request, ClaimOne()).mutable_accepted();
  QueryOrDie(*db_, "ALTER TABLE syncline.live RENAME TO live_away");
  const Answered answered = Send(request);
  EXPECT_EQ(answered.first.code(), absl::StatusCode::kUnavailable);
  QueryOrDie(*db_, "ALTER TABLE syncline.live_away RENAME TO live");
  EXPECT_TRUE(Send(request).first.ok());
}

TEST_F(ReportProcessorTest, AfterStopReportsAreRefusedSoThatTheyGoElsewhere) {
  ReportRequest request;
  AddReport(request, ClaimOne()).mutable_accepted();
  processor_.Stop();
  EXPECT_EQ(Send(request).first.code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace syncline::scheduler
