// PostgreSQL goes away under load: waited for, said once, and charged to nobody.
#include <gtest/gtest.h>

#include <csignal>
#include <ostream>

#include "absl/time/clock.h"
#include "tests/e2e/language_runs.h"

namespace syncline::testing {
namespace {

constexpr int kRuns = 8;

// Every program of the stack.
std::vector<Program*> Programs(Stack& stack) {
  std::vector<Program*> programs;
  for (auto* group : {&stack.schedulers(), &stack.executors()}) {
    for (const auto& program : *group) programs.push_back(program.get());
  }
  return programs;
}

// Runs that are in their midst: each has committed a page, and some pages are on the way.
std::vector<std::string> StartLoad(Stack& stack) {
  stack.Admin("POST", "/faults", R"({"path": "/languages", "kind": "delay", "delayMs": 100})");
  std::vector<std::string> ids = CreateLanguageRuns(stack, kRuns);
  AwaitOrDie("a page of each run", [&] {
    return QueryInt(stack.db(), "SELECT count(*) FROM syncline.live WHERE page_seq > 0") == kRuns;
  });
  return ids;
}

int TakeoversCounted(Stack& stack) {
  double takeovers = 0;
  for (const auto& scheduler : stack.schedulers())
    takeovers += Stack::Metric(*scheduler, "syncline_scheduler_takeovers_total");
  return static_cast<int>(takeovers);
}

// Waits until more has been committed than when it was called; how long that took.
absl::Duration AwaitProgress(Stack& stack) {
  const absl::Time start = absl::Now();
  const std::string progress =
      "SELECT coalesce((SELECT sum(page_seq) FROM syncline.live), 0)"
      " + 100 * (SELECT count(*) FROM syncline.sync_history)";
  const std::int64_t before = QueryInt(stack.db(), progress);
  AwaitOrDie("work to go on", [&] { return QueryInt(stack.db(), progress) > before; });
  return absl::Now() - start;
}

struct HowItStops {
  const char* name;
  int signal_number;

  friend void PrintTo(const HowItStops& how, std::ostream* out) { *out << how.name; }
};

class Restart : public ::testing::TestWithParam<HowItStops> {};

TEST_P(Restart, OfTheDatabaseUnderLoadLosesAndFailsNothing) {
  TestCluster cluster;
  Stack stack({.schedulers = 2, .executors = 0, .lease = "3s", .cluster = &cluster});
  for (int i = 0; i < 2; ++i) stack.AwaitReady(stack.StartExecutor({}, stack.SchedulerAddresses()));
  const std::vector<std::string> ids = StartLoad(stack);
  cluster.Stop(GetParam().signal_number);
  cluster.Start();
  stack.ReopenDatabase();
  EXPECT_LE(AwaitProgress(stack), absl::Seconds(10));
  ExpectUnharmed(stack, ids, 0);
  EXPECT_EQ(TakeoversCounted(stack), 0);
}

INSTANTIATE_TEST_SUITE_P(Database, Restart,
                         ::testing::Values(HowItStops{"fast", SIGINT},
                                           HowItStops{"immediate", SIGQUIT},
                                           HowItStops{"crash", SIGKILL}),
                         ::testing::PrintToStringParamName());

TEST(Outage, OfThreeLeasesIsWaitedForAndSaidOnce) {
  constexpr absl::Duration kLease = absl::Seconds(2);
  TestCluster cluster;
  Stack stack({.schedulers = 2, .executors = 0, .lease = "2s", .cluster = &cluster});
  for (int i = 0; i < 2; ++i) stack.AwaitReady(stack.StartExecutor({}, stack.SchedulerAddresses()));
  const std::vector<std::string> ids = StartLoad(stack);
  cluster.Stop(SIGINT);
  const absl::Time away = absl::Now();
  for (const Program* program : Programs(stack)) {
    AwaitOrDie("a program to say that it is not ready",
               [&] { return Stack::ReadyStatus(*program) == 503; });
  }
  AwaitOrDie("the outage to last", [&] {
    for (const Program* program : Programs(stack)) EXPECT_EQ(Stack::ReadyStatus(*program), 503);
    return absl::Now() - away > 3 * kLease;
  });
  cluster.Start();
  stack.ReopenDatabase();
  EXPECT_LE(AwaitProgress(stack), absl::Seconds(10));
  for (const Program* program : Programs(stack)) stack.AwaitReady(*program);
  ExpectUnharmed(stack, ids, 0);
  EXPECT_EQ(TakeoversCounted(stack), 0);
  for (const Program* program : Programs(stack)) {
    EXPECT_EQ(CountLines(program->log_file, "\"database is away\""), 1) << program->log_file;
    EXPECT_EQ(CountLines(program->log_file, "\"database is back\""), 1) << program->log_file;
    // Nothing else is said again and again: of executors, also that no scheduler serves them.
    EXPECT_LE(CountLines(program->log_file, R"("level":"warning")"), 4) << program->log_file;
    EXPECT_EQ(CountLines(program->log_file, R"("level":"error")"), 0) << program->log_file;
  }
}

}  // namespace
}  // namespace syncline::testing
