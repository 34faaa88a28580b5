// The gateway is killed, its schedulers go away: what was answered holds, what was not is repeated.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <atomic>
#include <csignal>
#include <set>
#include <thread>

#include "tests/e2e/rest_client.h"

namespace syncline::testing {
namespace {

using nlohmann::json;

json Wanted(const std::string& name) {
  return {{"name", name},
          {"type", "REST"},
          {"config",
           {{"baseUrl", "http://127.0.0.1:1"},
            {"streams", {{{"name", "s"}, {"path", "/s"}, {"records", ""}, {"key", {"/id"}}}}}}},
          {"syncInterval", nullptr}};
}

TEST(RestFaults, AKilledGatewayLosesAndDoublesNothing) {
  constexpr int kCreations = 200;
  constexpr int kThreads = 4;
  Stack stack({.executors = 0});
  Program& gateway = stack.StartGateway();
  stack.AwaitReady(gateway);
  std::atomic<int> next = 0;
  std::atomic<int> answered = 0;
  std::atomic<int> unanswered = 0;
  std::mutex mutex;
  std::map<int, std::string> told;  // ids of 201s
  // Sends each creation until it is answered, always with the same key.
  const auto create_some = [&] {
    for (int i; (i = next++) < kCreations;) {
      while (true) {
        const RestAnswer answer =
            CallRest(gateway, "POST", "/api/integrations", Wanted(fmt::format("n{}", i)).dump(),
                     {{"Idempotency-Key", fmt::format("key-{}", i)}});
        if (answer.status == 201) {
          std::lock_guard lock(mutex);
          told[i] = answer.body.at("id");
          ++answered;
          break;
        }
        ++unanswered;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
      }
    }
  };
  std::vector<std::thread> clients;
  for (int i = 0; i < kThreads; ++i) clients.emplace_back(create_some);
  for (const int enough : {20, 70, 120, 170}) {
    AwaitOrDie("some creations", [&] { return answered >= enough; });
    gateway.process.Kill();
    stack.Restart(gateway);
  }
  for (std::thread& client : clients) client.join();
  EXPECT_GT(unanswered, 0);
  EXPECT_EQ(QueryInt(stack.db(), "SELECT count(*) FROM syncline.integrations"), kCreations);
  std::set<std::string> ids;
  for (const auto& [i, id] : told) {
    ids.insert(id);
    EXPECT_EQ(
        QueryInt(stack.db(),
                 fmt::format(
                     "SELECT count(*) FROM syncline.integrations WHERE id = '{}' AND name = 'n{}'",
                     id, i)),
        1);
  }
  EXPECT_EQ(ids.size(), static_cast<std::size_t>(kCreations));
}

TEST(RestFaults, SaysThatNoSchedulerAnswersAndRecovers) {
  Stack stack({.executors = 0});
  Program& gateway = stack.StartGateway();
  stack.AwaitReady(gateway);
  Program& scheduler = *stack.schedulers()[0];
  scheduler.process.Kill();
  AwaitOrDie("a gateway that is not ready", [&] { return Stack::ReadyStatus(gateway) == 503; });
  const absl::Time asked = absl::Now();
  const RestAnswer answer = CallRest(gateway, "GET", "/api/integrations");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.body.at("reason"), "SCHEDULER_UNAVAILABLE");
  EXPECT_NE(answer.Header("Retry-After"), "");
  EXPECT_LT(absl::Now() - asked, absl::Seconds(8));
  // What needs no scheduler is answered.
  EXPECT_EQ(CallRest(gateway, "GET", "/api/connectors").status, 200);
  EXPECT_EQ(CallRest(gateway, "GET", "/healthz").status, 200);
  stack.Restart(scheduler);
  AwaitOrDie("a ready gateway", [&] { return Stack::ReadyStatus(gateway) == 200; });
  EXPECT_EQ(CallRest(gateway, "GET", "/api/integrations").status, 200);
}

// It starts before its schedulers do, too.
TEST(RestFaults, StartsBeforeAnyScheduler) {
  Stack stack({.executors = 0});
  const int port = FreePort();
  Program& gateway = stack.StartGateway({}, fmt::format("127.0.0.1:{}", port));
  AwaitOrDie("a gateway that is alive",
             [&] { return CallRest(gateway, "GET", "/healthz").status == 200; });
  EXPECT_EQ(Stack::ReadyStatus(gateway), 503);
  Program& late = stack.StartScheduler({{"SYNC_LISTEN", fmt::format("127.0.0.1:{}", port)}});
  stack.AwaitReady(late);
  AwaitOrDie("a ready gateway", [&] { return Stack::ReadyStatus(gateway) == 200; });
  EXPECT_EQ(CallRest(gateway, "GET", "/api/integrations").status, 200);
}

// A scheduler that is frozen keeps its connection; calls go to the other one all the same.
TEST(RestFaults, GoesAroundAFrozenScheduler) {
  Stack stack({.schedulers = 2, .executors = 0});
  Program& gateway = stack.StartGateway();
  stack.AwaitReady(gateway);
  ASSERT_EQ(CallRest(gateway, "GET", "/api/queue").status, 200);
  stack.schedulers()[0]->process.Signal(SIGSTOP);
  AwaitOrDie("answers of the other scheduler", [&] {
    return CallRest(gateway, "GET", "/api/queue").status == 200 &&
           CallRest(gateway, "POST", "/api/integrations", Wanted("n").dump(),
                    {{"Idempotency-Key", "k"}})
                   .status == 201;
  });
  stack.schedulers()[0]->process.Signal(SIGCONT);
  EXPECT_EQ(QueryInt(stack.db(), "SELECT count(*) FROM syncline.integrations"), 1);
}

}  // namespace
}  // namespace syncline::testing
