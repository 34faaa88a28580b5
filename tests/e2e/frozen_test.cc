// An executor that is frozen past its lease and wakes up when another one has finished its run:
// what it then writes and reports is refused, and changes no row.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <sstream>

#include "tests/e2e/language_runs.h"
#include "tests/e2e/run_checks.h"

namespace syncline::testing {
namespace {

constexpr char kRefusedPages[] = "syncline_scheduler_refused_stale_writes_total";
constexpr char kRefusedReports[] = "syncline_scheduler_refused_reports_total";

bool IsStopped(const Program& program) {
  std::ifstream in("/proc/" + std::to_string(program.process.pid()) + "/stat");
  std::stringstream text;
  text << in.rdbuf();
  const std::string stat = text.str();
  return stat.find(") T ") != std::string::npos;
}

// Freezes an executor at `failpoint`, lets another one do its work, and wakes it up; returns by how
// much `metric` rose then. Expects that the awakened one changed nothing.
double RefusedAfterWaking(const std::string& failpoint, int runs, const std::string& metric) {
  Stack stack({.executors = 0, .lease = "4s"});
  const std::vector<std::string> ids = CreateLanguageRuns(stack, runs);
  Program& frozen = stack.StartExecutor({{"SYNC_FAILPOINT", failpoint}});
  AwaitOrDie("the executor to freeze", [&] { return IsStopped(frozen); });
  stack.AwaitReady(stack.StartExecutor());
  ExpectUnharmed(stack, ids, 1);
  const auto before = DumpTables(stack.db());
  EXPECT_EQ(before.at("sync_history").size(), ids.size());
  EXPECT_GT(before.at("records").size(), 0U);
  EXPECT_EQ(before.at("checkpoints").size(), ids.size());
  const Program& scheduler = *stack.schedulers()[0];
  const double refused = Stack::Metric(scheduler, metric);
  frozen.process.Signal(SIGCONT);
  AwaitOrDie(metric + " to rise", [&] { return Stack::Metric(scheduler, metric) > refused; });
  stack.AwaitReady(frozen);  // it is back, with nothing of its own left to say
  EXPECT_EQ(Stack::Metric(frozen, "syncline_executor_busy_slots"), 0);
  EXPECT_EQ(DumpTables(stack.db()), before);
  return Stack::Metric(scheduler, metric) - refused;
}

TEST(Frozen, ALatePageAndItsCheckpointAreRefused) {
  EXPECT_GE(RefusedAfterWaking("before_page_send=stop:2", 2, kRefusedPages), 1);
}

TEST(Frozen, ALatePageOfADatabaseThreadIsRefused) {
  EXPECT_GE(RefusedAfterWaking("before_page_commit=stop:3", 2, kRefusedPages), 1);
}

// The report after the one that accepts is the one that ends the run: the next heartbeat is later.
TEST(Frozen, ALateReportIsRefused) {
  EXPECT_GE(RefusedAfterWaking("before_report_send=stop:2", 1, kRefusedReports), 1);
}

}  // namespace
}  // namespace syncline::testing
