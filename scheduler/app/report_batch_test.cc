#include "scheduler/app/report_batch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace syncline::scheduler {
namespace {

using internal::v1::Directive;
using internal::v1::ReportRequest;
using internal::v1::RunReport;
using ::testing::IsEmpty;
using ::testing::SizeIs;

RunReport Report(const std::string& fence) {
  RunReport report;
  report.set_integration_id("i-" + fence);
  report.set_log_id("l-" + fence);
  report.set_fence(fence);
  return report;
}
RunReport Heartbeat(const std::string& fence) {
  RunReport report = Report(fence);
  report.mutable_heartbeat();
  return report;
}
RunReport Success(const std::string& fence) {
  RunReport report = Report(fence);
  report.mutable_finished()->set_status("SUCCESS");
  report.mutable_finished()->set_page_seq(4);
  report.mutable_finished()->set_nothing_left(true);
  return report;
}
RunReport Returned(const std::string& fence) {
  RunReport report = Report(fence);
  report.mutable_returned();
  return report;
}

ReportRequest Request(const std::vector<RunReport>& reports) {
  ReportRequest request;
  for (const RunReport& report : reports) *request.add_reports() = report;
  return request;
}

TEST(SortReports, OneEventAFenceAndTheStrongestWins) {
  const ReportRequest a = Request({Heartbeat("f1"), Returned("f2"), Heartbeat("f3")});
  const ReportRequest b = Request({Success("f1"), Heartbeat("f2"), Success("f1")});
  const ReportBatch batch = SortReports({&a, &b});
  ASSERT_THAT(batch.finishes, SizeIs(1));
  EXPECT_EQ(batch.finishes[0].run.fence, "f1");
  EXPECT_EQ(batch.finishes[0].page_seq, 4);
  EXPECT_TRUE(batch.finishes[0].nothing_left);
  ASSERT_THAT(batch.releases, SizeIs(1));
  EXPECT_EQ(batch.releases[0].run.fence, "f2");
  ASSERT_THAT(batch.renewals, SizeIs(1));
  EXPECT_EQ(batch.renewals[0].fence, "f3");
}

TEST(BatchMembers, TwoProcessesThatClaimAFenceAreKeptApart) {
  ReportRequest holder, thief, other;
  holder.set_process_id("holder");
  holder.add_reports()->set_fence("f");
  thief.set_process_id("thief");
  thief.add_reports()->set_fence("f");
  other.set_process_id("other");
  other.add_reports()->set_fence("g");
  BatchMembers members;
  EXPECT_TRUE(members.Admit(holder));
  EXPECT_TRUE(members.Admit(holder));
  EXPECT_TRUE(members.Admit(other));
  EXPECT_FALSE(members.Admit(thief));
}

TEST(SortReports, AnUnknownClassIsOursAndHostileDelaysAreBounded) {
  RunReport failed = Report("f");
  failed.mutable_finished()->set_status("FAILED");
  failed.mutable_finished()->set_error_class("NONSENSE");
  RunReport parked = Report("g");
  parked.mutable_parked()->mutable_delay()->set_seconds(-5);
  const ReportRequest request = Request({failed, parked});
  const ReportBatch batch = SortReports({&request});
  EXPECT_EQ(batch.finishes.at(0).error_class, "INTERNAL");
  EXPECT_EQ(batch.releases.at(0).delay, absl::ZeroDuration());
}

struct Case {
  const char* name;
  RunReport report;
  ReportOutcomes outcomes;
  Directive::Kind expected;
};

TEST(Answer, EveryOutcomeHasItsOrder) {
  const FenceFate held{true, std::nullopt};
  const FenceFate ended{false, "FAILED"};
  const FenceFate gone{};
  const std::vector<Case> cases = {
      {"finish applied",
       Success("f"),
       {{{"f", FinishOutcome::kEnded}}, {}, {}, {}},
       Directive::APPLIED},
      {"finish not earned",
       Success("f"),
       {{{"f", FinishOutcome::kResume}}, {}, {}, {}},
       Directive::RESUME},
      {"finish sent again",
       Success("f"),
       {{{"f", FinishOutcome::kNoSuchFence}}, {}, {}, {{"f", ended}}},
       Directive::ALREADY_DONE},
      {"finish of a lost run",
       Success("f"),
       {{{"f", FinishOutcome::kNoSuchFence}}, {}, {}, {{"f", gone}}},
       Directive::LEASE_LOST},
      {"returned", Returned("f"), {{}, {{"f", true}}, {}, {}}, Directive::APPLIED},
      {"returned twice",
       Returned("f"),
       {{}, {{"f", false}}, {}, {{"f", gone}}},
       Directive::LEASE_LOST},
      {"heartbeat of an ended run",
       Heartbeat("f"),
       {{}, {}, {{"f", false}}, {{"f", ended}}},
       Directive::STOP},
      {"heartbeat of a lost run",
       Heartbeat("f"),
       {{}, {}, {{"f", false}}, {{"f", gone}}},
       Directive::LEASE_LOST},
      {"heartbeat while a page holds the row",
       Heartbeat("f"),
       {{}, {}, {{"f", false}}, {{"f", held}}},
       Directive::BUSY},
  };
  for (const Case& c : cases) {
    const auto response = Answer(Request({c.report}), c.outcomes, absl::Seconds(30));
    ASSERT_THAT(response.directives(), SizeIs(1)) << c.name;
    EXPECT_EQ(response.directives(0).kind(), c.expected) << c.name;
    EXPECT_EQ(response.lease().seconds(), 30) << c.name;
    EXPECT_EQ(response.directives(0).recorded_status(),
              c.expected == Directive::ALREADY_DONE ? "FAILED" : "")
        << c.name;
  }
  EXPECT_THAT(Answer(Request({Heartbeat("f")}), {{}, {}, {{"f", true}}, {}}, absl::Seconds(30))
                  .directives(),
              IsEmpty());
}

}  // namespace
}  // namespace syncline::scheduler
