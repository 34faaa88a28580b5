// A new scheduler gets executors without a restart of anything, and nothing fails while they move.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "tests/e2e/stack.h"

namespace syncline::testing {
namespace {

constexpr int kExecutors = 4;
constexpr char kLease[] = "10s";

// 160 pages, so that a run takes minutes where each page waits a second.
constexpr char kManyPages[] =
    R"({"streams": [{"name": "languages", "path": "/languages", "records": "/data", "key": ["/alpha_3"],
        "pagination": {"kind": "page", "sizeParam": "per_page", "size": 50, "totalPages": "/totalPages"}}]})";

double Connected(const Program& scheduler) {
  return Stack::Metric(scheduler, "syncline_scheduler_connected_executors");
}

// Who holds which attempt under which claim.
std::string Claims(Stack& stack) {
  return QueryOrDie(
             stack.db(),
             "SELECT string_agg(concat_ws(' ', integration_id, log_id, attempt, state, "
             "process_id, epoch, fence, takeovers), E'\n' ORDER BY integration_id) AS claims "
             "FROM syncline.live")[0]
      .String("claims");
}

TEST(NewScheduler, ExecutorsSpreadOverItAndRunsGoOn) {
  const int second_port = FreePort();
  Stack stack({.schedulers = 1, .executors = 0, .lease = kLease});
  const std::string addresses =
      fmt::format("127.0.0.1:{},127.0.0.1:{}", stack.schedulers()[0]->port, second_port);
  for (int i = 0; i < kExecutors; ++i) stack.AwaitReady(stack.StartExecutor({}, addresses));
  AwaitOrDie("all executors at the only scheduler",
             [&] { return Connected(*stack.schedulers()[0]) == kExecutors; });
  stack.Admin("POST", "/faults", R"({"path": "/languages", "kind": "delay", "delayMs": 1000})");
  std::vector<std::string> ids;
  for (int i = 0; i < kExecutors; ++i)
    ids.push_back(stack.Create(fmt::format("n{}", i), kManyPages, kFarAway));
  // Whoever moves, moves with a run.
  AwaitOrDie("a run that is RUNNING at each executor", [&] {
    return QueryInt(stack.db(),
                    "SELECT count(DISTINCT process_id) FROM syncline.live WHERE state = 'RUNNING'"
                    " AND page_seq > 0") == kExecutors;
  });
  const std::string claims = Claims(stack);

  Program& second =
      stack.StartScheduler({{"SYNC_LISTEN", fmt::format("127.0.0.1:{}", second_port)}});
  second.port = second_port;
  stack.AwaitReady(second);
  AwaitOrDie("two executors at each scheduler",
             [&] { return Connected(*stack.schedulers()[0]) == 2 && Connected(second) == 2; });
  const std::string moved =
      QueryOrDie(stack.db(), "SELECT clock_timestamp()::text AS now")[0].String("now");
  AwaitOrDie("every lease to be renewed by the schedulers of now", [&] {
    return QueryInt(stack.db(),
                    fmt::format("SELECT count(*) FROM syncline.live WHERE lease_expires_at > "
                                "timestamptz '{}' + interval '{}'",
                                moved, kLease)) == kExecutors;
  });
  EXPECT_EQ(Claims(stack), claims);

  stack.Admin("DELETE", "/faults");
  for (const std::string& id : ids) {
    const v1::SyncLog log = stack.AwaitLogs(id, 1);
    EXPECT_EQ(log.status(), v1::SUCCESS) << log.error_message();
    EXPECT_EQ(log.attempt(), 1);
    EXPECT_EQ(log.counts().takeovers(), 0);
  }
  // Whoever is asked, the run goes to an executor.
  stack.CallThrough(Stack::ChannelTo(second));
  EXPECT_EQ(stack.SyncNow(ids[0]).status(), v1::SUCCESS);
  EXPECT_EQ(QueryInt(stack.db(),
                     "SELECT count(*) FROM syncline.sync_history WHERE status = "
                     "'FAILED' OR takeovers > 0 OR attempt > 1"),
            0);
}

}  // namespace
}  // namespace syncline::testing
