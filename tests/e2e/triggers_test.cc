// TriggerSync under storms: every accepted call has exactly one run, and no integration two at
// once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <set>
#include <thread>

#include "tests/e2e/stack.h"

namespace syncline::testing {
namespace {

constexpr char kCountries[] =
    R"({"streams": [{"name": "countries", "path": "/all/countries", "records": "/data", "key": ["/alpha_2"]}]})";

// Calls `call(i)` for every i of [0, calls) from 50 threads.
void InParallel(int calls, const std::function<void(int)>& call) {
  std::atomic<int> next = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 50; ++t) {
    threads.emplace_back([&] {
      for (int i = next++; i < calls; i = next++) call(i);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(Triggers, AHundredCallsWithOneRequestIdLeaveOneRun) {
  Stack stack;
  const std::string id = stack.Create("a", kCountries, kFarAway);
  stack.AwaitLogs(id, 1);
  std::mutex mutex;
  std::set<std::string> runs;
  InParallel(100, [&](int) {
    v1::TriggerSyncRequest request;
    request.set_integration_id(id);
    request.set_request_id("the same");
    grpc::ClientContext context;
    v1::TriggerSyncResponse response;
    const grpc::Status status = stack.syncs().TriggerSync(&context, request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
    std::lock_guard lock(mutex);
    runs.insert(response.run_id());
  });
  EXPECT_EQ(runs.size(), 1U);
  EXPECT_EQ(stack.AwaitRun(id, *runs.begin()).status(), v1::SUCCESS);
  EXPECT_EQ(QueryInt(stack.db(), "SELECT count(*) FROM syncline.sync_logs"),
            2);  // the scheduled one and this one
}

TEST(Triggers, AThousandCallsOverFiftyIntegrationsEachHaveTheirRun) {
  Stack stack({.schedulers = 1, .executors = 2, .slots = 8, .lease = "5s"});
  std::vector<std::string> ids;
  for (int i = 0; i < 50; ++i)
    ids.push_back(stack.Create("n" + std::to_string(i), kCountries, kFarAway));
  std::mutex mutex;
  std::map<std::string, std::string> runs;  // run → integration
  InParallel(1000, [&](int i) {
    v1::TriggerSyncRequest request;
    request.set_integration_id(ids[static_cast<std::size_t>(i) % ids.size()]);
    request.set_request_id("r-" + std::to_string(i));
    request.set_after_current(i % 3 == 0);
    grpc::ClientContext context;
    v1::TriggerSyncResponse response;
    const grpc::Status status = stack.syncs().TriggerSync(&context, request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
    std::lock_guard lock(mutex);
    runs[response.run_id()] = request.integration_id();
  });
  AwaitOrDie("all runs to end",
             [&] { return QueryInt(stack.db(), "SELECT count(*) FROM syncline.live") == 0; });
  for (const auto& [run, integration] : runs) {
    EXPECT_EQ(
        QueryInt(
            stack.db(),
            "SELECT count(*) FROM syncline.sync_history WHERE status = 'SUCCESS' AND run_id = '" +
                run + "' AND integration_id = '" + integration + "'"),
        1);
  }
  EXPECT_EQ(QueryInt(stack.db(), "SELECT count(*) FROM syncline.trigger_requests"), 1000);
  // No two runs of one integration overlapped.
  EXPECT_EQ(
      QueryInt(
          stack.db(),
          "SELECT count(*) FROM syncline.sync_history a JOIN syncline.sync_history b USING "
          "(integration_id)"
          " WHERE a.log_id < b.log_id AND a.started_at < b.ended_at AND b.started_at < a.ended_at"),
      0);
}

}  // namespace
}  // namespace syncline::testing
