// Statements whose connection is cut: by the answer, so that they are committed and nobody knows,
// and before they arrive, so that they are not and nobody knows either. And a database that falls
// silent.
#include <gtest/gtest.h>

#include <ostream>

#include "absl/time/clock.h"
#include "tests/e2e/language_runs.h"
#include "tests/support/tcp_gate.h"

namespace syncline::testing {
namespace {

using Cut = TcpGate::Cut;

struct Case {
  const char* name;
  const char* statement;  // from the first comment of its .sql file
  Cut cut;
  int times;

  friend void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }
};

class UnknownFate : public ::testing::TestWithParam<Case> {};

TEST_P(UnknownFate, IsFoundOutAndDoublesNothing) {
  TcpGate gate(TestCluster::Get().port());
  Stack stack({.lease = "10s", .database_port = gate.port()});
  gate.CutAt(GetParam().statement, GetParam().cut, GetParam().times);
  const std::vector<std::string> ids = CreateLanguageRuns(stack, 3);
  ExpectUnharmed(stack, ids, 0);
  EXPECT_EQ(gate.cuts(), GetParam().times);
}

INSTANTIATE_TEST_SUITE_P(
    OfARun, UnknownFate,
    ::testing::Values(Case{"claimed", "Claims as many runs", Cut::kAnswer, 1},
                      Case{"unclaimed", "Claims as many runs", Cut::kRequest, 1},
                      Case{"renewed", "Accepts and heartbeats", Cut::kAnswer, 1},
                      Case{"unrenewed", "Accepts and heartbeats", Cut::kRequest, 1},
                      Case{"written", "Commits one page", Cut::kAnswer, 4},
                      Case{"unwritten", "Commits one page", Cut::kRequest, 4},
                      Case{"finished", "Ends a batch of runs", Cut::kAnswer, 1},
                      Case{"unfinished", "Ends a batch of runs", Cut::kRequest, 1}),
    ::testing::PrintToStringParamName());

class UnknownTrigger : public ::testing::TestWithParam<Cut> {};

TEST_P(UnknownTrigger, SentAgainWithItsRequestIdIsOneRun) {
  TcpGate gate(TestCluster::Get().port());
  Stack stack({.lease = "10s", .database_port = gate.port()});
  const std::string id = CreateLanguageRuns(stack, 1)[0];
  stack.AwaitLogs(id, 1);
  gate.CutAt("TriggerSync: lock", GetParam());
  v1::TriggerSyncRequest request;
  request.set_integration_id(id);
  request.set_request_id("once");
  v1::TriggerSyncResponse response;
  grpc::ClientContext first;
  EXPECT_EQ(stack.syncs().TriggerSync(&first, request, &response).error_code(),
            grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(gate.cuts(), 1);
  grpc::ClientContext second;
  const grpc::Status status = stack.syncs().TriggerSync(&second, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(stack.AwaitRun(id, response.run_id()).status(), v1::SUCCESS);
  EXPECT_EQ(QueryInt(stack.db(), "SELECT count(*) FROM syncline.trigger_requests"), 1);
  EXPECT_EQ(QueryInt(stack.db(), "SELECT count(*) FROM syncline.sync_logs"), 2);
}

INSTANTIATE_TEST_SUITE_P(Cuts, UnknownTrigger, ::testing::Values(Cut::kAnswer, Cut::kRequest));

TEST(SilentDatabase, IsNoticedWithinFifteenSecondsAndFailsNothing) {
  TcpGate gate(TestCluster::Get().port());
  Stack stack({.lease = "5s", .database_port = gate.port()});
  stack.Admin("POST", "/gates", R"({"path": "/languages", "match": {"page": "2"}})");
  const std::vector<std::string> ids = CreateLanguageRuns(stack, 3);
  AwaitOrDie("a page of each run", [&] {
    return QueryInt(stack.db(), "SELECT count(*) FROM syncline.live WHERE page_seq = 1") == 3;
  });
  gate.SetBlackHole(true);
  const absl::Time silent = absl::Now();
  stack.Admin("POST", "/gates/release");  // the next pages go into the silence
  for (const Program* program : {stack.schedulers()[0].get(), stack.executors()[0].get()}) {
    AwaitOrDie("a program to notice", [&] { return Stack::ReadyStatus(*program) == 503; });
    EXPECT_LE(absl::Now() - silent, absl::Seconds(15)) << program->log_file;
  }
  gate.SetBlackHole(false);
  const absl::Time back = absl::Now();
  for (const Program* program : {stack.schedulers()[0].get(), stack.executors()[0].get()})
    stack.AwaitReady(*program);
  EXPECT_LE(absl::Now() - back, absl::Seconds(10));
  ExpectUnharmed(stack, ids, 0);
}

}  // namespace
}  // namespace syncline::testing
