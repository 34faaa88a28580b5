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
  std::map<int, std::pair<std::string, std::string>> told;  // ids and runs of 2xx answers
  // Sends a request until it is answered, always with the same key.
  const auto insist = [&](const std::string& target, const std::string& body,
                          const std::string& key) {
    while (true) {
      RestAnswer answer = CallRest(gateway, "POST", target, body, {{"Idempotency-Key", key}});
      if (answer.status / 100 == 2) return answer.body;
      ++unanswered;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  };
  const auto create_some = [&] {
    for (int i; (i = next++) < kCreations;) {
      const std::string id = insist("/api/integrations", Wanted(fmt::format("n{}", i)).dump(),
                                    fmt::format("key-{}", i))
                                 .at("id");
      const std::string run =
          insist("/api/integrations/" + id + "/sync", "", fmt::format("sync-{}", i)).at("runId");
      std::lock_guard lock(mutex);
      told[i] = {id, run};
      ++answered;
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
  // One run each, be it active or ended: nobody is there to run it twice.
  EXPECT_EQ(QueryInt(stack.db(), "SELECT count(*) FROM syncline.sync_logs"), kCreations);
  std::set<std::string> ids;
  for (const auto& [i, created] : told) {
    const auto& [id, run] = created;
    ids.insert(id);
    EXPECT_EQ(QueryInt(stack.db(),
                       fmt::format("SELECT count(*) FROM syncline.integrations i JOIN "
                                   "syncline.sync_logs l ON l.integration_id = i.id WHERE i.id = "
                                   "'{}' AND i.name = 'n{}' AND l.run_id = '{}'",
                                   id, i, run)),
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
