// A new scheduler gets executors without a restart of anything, and nothing fails while they move.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "tests/e2e/stack.h"

namespace syncline::testing {
namespace {

double Connected(const Program& scheduler) {
  return Stack::Metric(scheduler, "syncline_scheduler_connected_executors");
}

TEST(NewScheduler, ExecutorsSpreadOverItAndRunsGoOn) {
  const int second_port = FreePort();
  Stack stack({.schedulers = 1, .executors = 0});
  const std::string addresses =
      fmt::format("127.0.0.1:{},127.0.0.1:{}", stack.schedulers()[0]->port, second_port);
  for (int i = 0; i < 4; ++i) stack.AwaitReady(stack.StartExecutor({}, addresses));
  AwaitOrDie("all executors at the only scheduler",
             [&] { return Connected(*stack.schedulers()[0]) == 4; });
  const std::string id = stack.CreateSample("languages");
  const v1::TriggerSyncResponse running = stack.Trigger(id);

  Program& second =
      stack.StartScheduler({{"SYNC_LISTEN", fmt::format("127.0.0.1:{}", second_port)}});
  second.port = second_port;
  stack.AwaitReady(second);
  AwaitOrDie("two executors at each scheduler",
             [&] { return Connected(*stack.schedulers()[0]) == 2 && Connected(second) == 2; });
  EXPECT_EQ(stack.AwaitRun(id, running.sync_log().run_id()).status(), v1::SUCCESS);
  // Whoever is asked, the run goes to an executor.
  stack.CallThrough(Stack::ChannelTo(second));
  EXPECT_EQ(stack.SyncNow(id).status(), v1::SUCCESS);
  EXPECT_EQ(QueryInt(stack.db(),
                     "SELECT count(*) FROM syncline.sync_history WHERE status = "
                     "'FAILED' OR takeovers > 0"),
            0);
}

}  // namespace
}  // namespace syncline::testing
