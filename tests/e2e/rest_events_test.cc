// Server-sent events before a real scheduler: snapshot, changes, going on after a cut, many
// clients.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <csignal>

#include "tests/e2e/rest_client.h"

namespace syncline::testing {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::Not;

constexpr char kCountries[] =
    R"({"streams": [{"name": "countries", "path": "/all/countries", "records": "/data", "key": ["/alpha_2"]}]})";

using Picture = std::map<std::string, json>;
using Names = std::vector<std::string>;

bool HasSnapshot(const Picture&, const Names& events) {
  return std::find(events.begin(), events.end(), "snapshot-end") != events.end();
}

// Whether the picture has the integration with this run as its last one, and none active.
auto Ended(const std::string& id, const std::string& run) {
  return [id, run](const Picture& picture, const Names&) {
    const auto found = picture.find(id);
    return found != picture.end() && found->second.at("activeSync").is_null() &&
           found->second.at("lastSync").is_object() &&
           found->second.at("lastSync").at("runId") == run;
  };
}

TEST(RestEvents, TellASnapshotAndEveryChange) {
  Stack stack({.slots = 4, .lease = "5s"});
  Program& gateway = stack.StartGateway();
  stack.AwaitReady(gateway);
  const std::string old = stack.Create("old", kCountries, kFarAway);
  const std::string other = stack.Create("other", kCountries, kFarAway);
  stack.AwaitLogs(old, 1);
  stack.AwaitLogs(other, 1);
  EventClient all(gateway, "");
  EventClient filtered(gateway, "?integrationId=" + other);
  all.Await("a snapshot", HasSnapshot);
  filtered.Await("a snapshot", HasSnapshot);
  EXPECT_EQ(all.picture().size(), 2U);
  EXPECT_EQ(filtered.picture().size(), 1U);
  EXPECT_FALSE(all.picture().at(old).contains("config"));

  const std::string run = stack.SyncNow(old).run_id();
  all.Await("the end of the run", Ended(old, run));
  // What a client that was cut off missed is told when it comes back.
  const std::string seen = all.last_event_id();
  all.Stop();
  ASSERT_EQ(CallRest(gateway, "DELETE", "/api/integrations/" + old).status, 204);
  EventClient back(gateway, "", {{"Last-Event-ID", seen}});
  back.Await("the deletion", [](const Picture&, const Names& events) {
    return std::find(events.begin(), events.end(), "deleted") != events.end();
  });
  EXPECT_THAT(back.events(), Contains("resumed"));
  EXPECT_THAT(back.events(), Not(Contains("snapshot-begin")));
  EventClient stranger(gateway, "", {{"Last-Event-ID", "of-another-life-7"}});
  stranger.Await("a snapshot", HasSnapshot);
  EXPECT_EQ(stranger.picture().size(), 1U);
  EXPECT_EQ(filtered.picture().size(), 1U);
  EXPECT_EQ(CallRest(gateway, "GET", "/api/events?integrationId=x").status, 400);
}

TEST(RestEvents, GoOnWhenSchedulersComeAndGo) {
  Stack stack({.schedulers = 2, .executors = 0, .slots = 4, .lease = "5s"});
  stack.StartExecutor({}, stack.SchedulerAddresses());
  Program& gateway = stack.StartGateway();
  stack.AwaitReady(gateway);
  const std::string id = stack.Create("a", kCountries, kFarAway);
  EventClient client(gateway, "");
  client.Await("a snapshot", HasSnapshot);
  for (Program* scheduler : {stack.schedulers()[0].get(), stack.schedulers()[1].get()}) {
    scheduler->process.Kill();
    std::string run;
    AwaitOrDie("a trigger through the other scheduler", [&] {
      const RestAnswer answer = CallRest(gateway, "POST", "/api/integrations/" + id + "/sync");
      if (answer.status == 202) run = answer.body.at("runId");
      return answer.status == 202;
    });
    client.Await("the end of its run", Ended(id, run));
    stack.Restart(*scheduler);
    stack.AwaitReady(*scheduler);
  }
  EXPECT_FALSE(client.ended());
}

TEST(RestEvents, EndWhenTheGatewayDrains) {
  Stack stack({.executors = 0});
  Program& gateway = stack.StartGateway();
  stack.AwaitReady(gateway);
  EventClient client(gateway, "");
  client.Await("a snapshot", HasSnapshot);
  gateway.process.Signal(SIGTERM);
  EXPECT_EQ(gateway.process.Wait(absl::Seconds(20)), 0);
  AwaitOrDie("the end of the stream", [&] { return client.ended(); });
  EXPECT_EQ(CountLines(gateway.log_file, "cutting connections"), 0);
}

// Every client ends with the right state of every integration in its filter while the runs are
// far more than 1,000 a minute, in little memory, and one stream of the scheduler serves them all.
TEST(RestEvents, TellManyClientsTheSame) {
  constexpr int kIntegrations = 40;
  constexpr int kClients = 100;
  constexpr int kRounds = 10;
  constexpr std::int64_t kMostKb = 100 * 1024;
  Stack stack({.slots = 64, .lease = "5s"});
  Program& gateway = stack.StartGateway();
  stack.AwaitReady(gateway);
  std::vector<std::string> ids;
  for (int i = 0; i < kIntegrations; ++i)
    ids.push_back(stack.Create(fmt::format("i{}", i), kCountries, kFarAway));
  std::vector<std::unique_ptr<EventClient>> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.push_back(std::make_unique<EventClient>(
        gateway,
        i % 2 == 0 ? "" : "?integrationId=" + ids[static_cast<std::size_t>(i) % ids.size()]));
  }
  for (const auto& client : clients) client->Await("a snapshot", HasSnapshot);
  // The rest is answered while so many listen.
  EXPECT_EQ(CallRest(gateway, "GET", "/api/queue").status, 200);
  EXPECT_EQ(Stack::Metric(gateway, "syncline_gateway_event_clients"), kClients);
  EXPECT_EQ(Stack::Metric(*stack.schedulers()[0], "syncline_scheduler_watches"), 1);
  std::map<std::string, std::string> last_runs;
  const absl::Time began = absl::Now();
  for (int round = 0; round < kRounds; ++round) {
    for (const std::string& id : ids) last_runs[id] = stack.Trigger(id).run_id();
    for (const std::string& id : ids) stack.AwaitRun(id, last_runs[id]);
  }
  const absl::Time ended = absl::Now();
  for (const auto& client : clients) {
    client->Await("the last runs", [&](const Picture& picture, const Names& names) {
      return std::all_of(picture.begin(), picture.end(), [&](const auto& known) {
        return Ended(known.first, last_runs.at(known.first))(picture, names);
      });
    });
  }
  const std::int64_t most = gateway.process.StatusKb("VmHWM");
  std::printf(
      "%d clients had the last state of %d integrations %.3f s after the last of %.0f runs a "
      "minute; the gateway took %.1f MB at most\n",
      kClients, kIntegrations, absl::ToDoubleSeconds(absl::Now() - ended),
      kIntegrations * kRounds / absl::ToDoubleMinutes(ended - began),
      static_cast<double>(most) / 1024);
  EXPECT_GT(most, 0);
  EXPECT_LT(most, kMostKb);
  EXPECT_EQ(Stack::Metric(*stack.schedulers()[0], "syncline_scheduler_watches"), 1);
  for (std::size_t i = 0; i < clients.size(); ++i)
    EXPECT_EQ(clients[i]->picture().size(), i % 2 == 0 ? kIntegrations : 1U);
}

}  // namespace
}  // namespace syncline::testing
