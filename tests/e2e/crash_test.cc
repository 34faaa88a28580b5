// SIGKILL at each failpoint of scheduler and executor: the runs go on after a restart as if nothing
// had been.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <ostream>

#include "tests/e2e/language_runs.h"

namespace syncline::testing {
namespace {

constexpr int kRuns = 3;

struct Case {
  const char* failpoint;
  int passing;
  bool in_scheduler;

  friend void PrintTo(const Case& c, std::ostream* out) { *out << c.failpoint << c.passing; }
};

class Crash : public ::testing::TestWithParam<Case> {};

TEST_P(Crash, LosesAndDoublesNothing) {
  const Case& c = GetParam();
  const Environment crash = {
      {"SYNC_FAILPOINT", std::string(c.failpoint) + "=kill:" + std::to_string(c.passing)}};
  Stack stack({.schedulers = 0, .executors = 0});
  Program& scheduler = stack.StartScheduler(c.in_scheduler ? crash : Environment());
  stack.AwaitReady(scheduler);
  const std::vector<std::string> ids = CreateLanguageRuns(stack, kRuns);
  Program& executor = stack.StartExecutor(c.in_scheduler ? Environment() : crash);
  Program& victim = c.in_scheduler ? scheduler : executor;
  ASSERT_EQ(victim.process.Wait(absl::Seconds(30)), 128 + SIGKILL) << "it never passed there";
  stack.Restart(victim);
  // A scheduler's death costs no executor its runs.
  ExpectUnharmed(stack, ids, c.in_scheduler ? 0 : 1);
}

INSTANTIATE_TEST_SUITE_P(
    Scheduler, Crash,
    ::testing::Values(Case{"before_claim_commit", 1, true}, Case{"after_claim_commit", 1, true},
                      Case{"before_assignment_send", 1, true},
                      Case{"before_assignment_send", kRuns, true},
                      Case{"after_assignment_send", 1, true},
                      Case{"after_assignment_send", kRuns, true},
                      Case{"before_renewal_commit", 1, true}, Case{"after_renewal_commit", 1, true},
                      Case{"before_finish_commit", 1, true}, Case{"after_finish_commit", 1, true}),
    ::testing::PrintToStringParamName());

// Report 1 accepts the runs; which later one ends the first of them depends on how they gather.
INSTANTIATE_TEST_SUITE_P(
    Executor, Crash,
    ::testing::Values(Case{"before_page_send", 2, false}, Case{"after_page_send", 2, false},
                      Case{"after_page_send", 4 * kRuns, false},
                      Case{"before_page_commit", 5, false}, Case{"after_page_commit", 5, false},
                      Case{"after_page_commit", 4 * kRuns, false},
                      Case{"before_report_send", 1, false}, Case{"after_report_send", 1, false},
                      Case{"before_report_send", 3, false}, Case{"after_report_send", 3, false}),
    ::testing::PrintToStringParamName());

// A trigger claims its run in the statement that makes it, where a slot is free.
TEST(CrashOfATrigger, TheCallMadeAgainFindsTheRunThatItStarted) {
  for (const char* failpoint : {"after_claim_commit", "before_assignment_send"}) {
    Stack stack({.schedulers = 0, .executors = 0});
    Program& scheduler = stack.StartScheduler(
        // The first claim is the scheduled one.
        {{"SYNC_FAILPOINT", std::string(failpoint) + "=kill:2"}});
    stack.AwaitReady(scheduler);
    stack.AwaitReady(stack.StartExecutor());
    const std::string id = stack.CreateSample("countries");
    stack.AwaitLogs(id, 1);
    v1::TriggerSyncRequest request;
    request.set_integration_id(id);
    request.set_request_id("once");
    v1::TriggerSyncResponse response;
    grpc::ClientContext first;
    EXPECT_FALSE(stack.syncs().TriggerSync(&first, request, &response).ok());
    ASSERT_EQ(scheduler.process.Wait(absl::Seconds(30)), 128 + SIGKILL) << "it never passed there";
    EXPECT_EQ(QueryInt(stack.db(), "SELECT count(*) FROM syncline.live WHERE state = 'CLAIMED'"),
              1);
    stack.Restart(scheduler);
    stack.AwaitReady(scheduler);
    grpc::ClientContext second;
    const grpc::Status status = stack.syncs().TriggerSync(&second, request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
    EXPECT_FALSE(response.joined());
    const v1::SyncLog log = stack.AwaitRun(id, response.run_id());
    EXPECT_EQ(log.status(), v1::SUCCESS) << log.error_message();
    EXPECT_EQ(log.attempt(), 1);
    EXPECT_EQ(QueryInt(stack.db(), "SELECT count(*) FROM syncline.sync_history"), 2);
  }
}

TEST(CrashSettings, AnUnknownFailpointStopsTheStart) {
  const std::string log =
      (std::filesystem::temp_directory_path() / fmt::format("syncline-failpoint-{}", getpid()))
          .string();
  for (const char* binary : {SYNC_SCHEDULER_BINARY, SYNC_EXECUTOR_BINARY}) {
    std::filesystem::remove(log);
    ChildProcess child(
        {.command = {binary},
         .environment = {{"DATABASE_URL", "postgresql://u@127.0.0.1:1/db"},
                         {"SYNC_ENCRYPTION_KEYS", "k:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="},
                         {"SYNC_FAILPOINT", "before_lunch=kill:1"}},
         .log_file = log,
         .run_as = {}});
    EXPECT_EQ(child.Wait(absl::Seconds(20)), 2) << binary;
    EXPECT_EQ(CountLines(log, "SYNC_FAILPOINT=before_lunch=kill:1: there is no such failpoint"), 1)
        << binary;
    EXPECT_EQ(CountLines(log, ""), 1) << binary;
  }
  std::filesystem::remove(log);
}

}  // namespace
}  // namespace syncline::testing
