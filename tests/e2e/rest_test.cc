// The REST API over real sockets, before a real scheduler, database and executor: what an admin and
// a backend do, and what they get back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <thread>

#include "tests/e2e/rest_client.h"

namespace syncline::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

class Rest : public ::testing::Test {
 protected:
  Rest() : gateway_(stack_.StartGateway()) { stack_.AwaitReady(gateway_); }

  json Countries(const std::string& name) const {
    return {{"name", name},
            {"type", "REST"},
            {"config",
             {{"baseUrl", stack_.sample_url()},
              {"auth", {{"kind", "api_key"}, {"name", "X-Api-Key"}, {"credential", "key"}}},
              {"streams",
               {{{"name", "countries"},
                 {"path", "/countries"},
                 {"records", ""},
                 {"key", {"/alpha_2"}},
                 {"pagination", {{"kind", "link_header"}}}}}}}},
            {"credentials", {{"key", "sample-key"}}},
            {"syncInterval", nullptr}};
  }
  RestAnswer Call(const std::string& method, const std::string& target, const json& body = nullptr,
                  const httplib::Headers& headers = {}) {
    return CallRest(gateway_, method, target, body.is_null() ? "" : body.dump(), headers);
  }
  // Triggers and waits for the end.
  json SyncNow(const std::string& id) {
    const RestAnswer triggered = Call("POST", "/api/integrations/" + id + "/sync");
    EXPECT_EQ(triggered.status, 202) << triggered.body;
    json log;
    AwaitOrDie("the end of the sync", [&] {
      log = Call("GET", triggered.Header("Location")).body;
      return log.at("status") == "SUCCESS" || log.at("status") == "FAILED";
    });
    return log;
  }

  Stack stack_{{.slots = 4, .lease = "5s"}};
  Program& gateway_;
};

TEST_F(Rest, FromNothingToRecordsAndBack) {
  json wanted = Countries("Countries");
  wanted["externalId"] = "crm/17 é";
  const RestAnswer created =
      Call("POST", "/api/integrations", wanted, {{"Idempotency-Key", "create-1"}});
  ASSERT_EQ(created.status, 201) << created.body;
  const std::string id = created.body.at("id");
  EXPECT_EQ(created.Header("Location"), "/api/integrations/" + id);
  EXPECT_EQ(created.body.at("status"), "NEVER_SYNCED");
  EXPECT_EQ(created.body.at("syncInterval"), nullptr);
  EXPECT_EQ(created.body.at("credentialNames"), json({"key"}));
  EXPECT_THAT(created.body.dump(), Not(HasSubstr("sample-key")));
  const RestAnswer again =
      Call("POST", "/api/integrations", wanted, {{"Idempotency-Key", "create-1"}});
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.body.at("id"), id);
  wanted["name"] = "Other";
  EXPECT_EQ(Call("POST", "/api/integrations", wanted, {{"Idempotency-Key", "create-1"}})
                .body.at("reason"),
            "REQUEST_ID_REUSED");
  EXPECT_EQ(Call("POST", "/api/integrations", wanted).body.at("reason"), "EXTERNAL_ID_TAKEN");

  // By the backend's own id, a slash and all.
  const std::string one = "/api/integrations/crm%2F17%20%C3%A9";
  EXPECT_EQ(Call("GET", one).body.at("id"), id);
  const RestAnswer settings =
      Call("PATCH", one + "/sync-settings", {{"syncInterval", 1800}, {"syncEnabled", true}});
  EXPECT_EQ(settings.status, 200);
  EXPECT_EQ(settings.body.at("syncInterval"), 1800);
  EXPECT_NE(settings.body.at("nextSyncAt"), nullptr);

  const json log = SyncNow(id);
  EXPECT_EQ(log.at("status"), "SUCCESS") << log;
  EXPECT_EQ(log.at("recordsCount"), 249);
  EXPECT_EQ(log.at("counts").at("created"), 249);
  const json history = Call("GET", one + "/sync-history?page=1&pageSize=20&status=SUCCESS").body;
  EXPECT_GE(history.at("total"), 1);
  EXPECT_EQ(history.at("page"), 1);
  EXPECT_EQ(history.at("logs").at(0).at("status"), "SUCCESS");
  EXPECT_EQ(Call("GET", one + "/sync-history?status=FAILED").body.at("total"), 0);
  const json integration = Call("GET", one).body;
  EXPECT_EQ(integration.at("lastSync").at("recordsCount"), 249);
  EXPECT_EQ(integration.at("status"), "HEALTHY");

  const json page = Call("GET", one + "/records?stream=countries&keyPrefix=D&pageSize=2").body;
  ASSERT_EQ(page.at("records").size(), 2U);
  EXPECT_EQ(page.at("records").at(0).at("key"), "DE");
  EXPECT_EQ(page.at("records").at(0).at("data").at("name"), "Germany");
  const json rest = Call("GET", one + "/records?stream=countries&keyPrefix=D&pageSize=2&cursor=" +
                                    page.at("nextCursor").get<std::string>())
                        .body;
  EXPECT_EQ(rest.at("records").at(0).at("key"), "DK");
  const json changes = Call("GET", one + "/records?changedAfter=0&pageSize=1000").body;
  EXPECT_EQ(changes.at("records").size(), 249U);
  EXPECT_GT(changes.at("lastChangeNo"), 0);

  EXPECT_EQ(Call("POST", "/api/sync-logs/" + log.at("id").get<std::string>() + "/cancel")
                .body.at("reason"),
            "SYNC_ENDED");
  EXPECT_THAT(Call("GET", one + "/explanation").body.at("text").get<std::string>(),
              HasSubstr("not running"));
  EXPECT_EQ(Call("DELETE", one).status, 204);
  EXPECT_EQ(Call("GET", one).body.at("reason"), "INTEGRATION_NOT_FOUND");
  EXPECT_EQ(Call("GET", "/api/integrations/" + id + "/sync-history").status, 200);
}

TEST_F(Rest, ImportsByExternalIdAndKeepsCredentials) {
  const std::string path = "/api/integrations/by-external-id/a%2Fb";
  json wanted = Countries("First");
  EXPECT_EQ(Call("PUT", path, wanted).status, 201);
  wanted.erase("credentials");
  wanted["name"] = "Second";
  const RestAnswer replaced = Call("PUT", path, wanted);
  EXPECT_EQ(replaced.status, 200) << replaced.body;
  EXPECT_EQ(replaced.body.at("name"), "Second");
  EXPECT_EQ(replaced.body.at("credentialNames"), json({"key"}));
  EXPECT_EQ(replaced.body.at("externalId"), "a/b");
  EXPECT_EQ(QueryInt(stack_.db(), "SELECT count(*) FROM syncline.integrations"), 1);
  // An answer that is sent back as it is changes nothing that users set.
  const RestAnswer returned =
      Call("PUT", path, replaced.body, {{"If-Match", replaced.Header("ETag")}});
  EXPECT_EQ(returned.status, 200) << returned.body;
  EXPECT_EQ(returned.body.at("config"), replaced.body.at("config"));
  EXPECT_EQ(Call("GET", path).body.at("name"), "Second");
}

TEST_F(Rest, MergesAPatchIntoTheConfig) {
  const std::string id = Call("POST", "/api/integrations", Countries("a")).body.at("id");
  const RestAnswer patched =
      Call("PATCH", "/api/integrations/" + id,
           {{"name", "b"}, {"config", {{"auth", nullptr}, {"rateLimit", {{"concurrent", 2}}}}}});
  ASSERT_EQ(patched.status, 200) << patched.body;
  EXPECT_EQ(patched.body.at("name"), "b");
  EXPECT_FALSE(patched.body.at("config").contains("auth"));
  EXPECT_EQ(patched.body.at("config").at("rateLimit").at("concurrent"), 2);
  EXPECT_EQ(patched.body.at("config").at("streams").at(0).at("name"), "countries");
  const RestAnswer refused =
      Call("PATCH", "/api/integrations/" + id, {{"config", {{"streams", json::array()}}}});
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.body.at("errors").at(0).at("pointer"), "/config/streams") << refused.body;
}

TEST_F(Rest, OfTwoWhoChangeTheSameVersionOneWins) {
  const RestAnswer created = Call("POST", "/api/integrations", Countries("a"));
  const std::string path = "/api/integrations/" + created.body.at("id").get<std::string>();
  std::string tag = created.Header("ETag");
  for (int round = 0; round < 20; ++round) {
    std::array<int, 2> statuses{};
    std::array<std::thread, 2> admins;
    for (std::size_t i = 0; i < admins.size(); ++i) {
      admins[i] = std::thread([&, i] {
        statuses[i] =
            Call("PATCH", path, {{"name", fmt::format("{} {}", round, i)}}, {{"If-Match", tag}})
                .status;
      });
    }
    for (std::thread& admin : admins) admin.join();
    std::sort(statuses.begin(), statuses.end());
    ASSERT_EQ(statuses, (std::array<int, 2>{200, 412})) << round;
    tag = Call("GET", path).Header("ETag");
  }
  EXPECT_EQ(Call("DELETE", path, nullptr, {{"If-Match", created.Header("ETag")}}).status, 412);
  EXPECT_EQ(Call("DELETE", path, nullptr, {{"If-Match", tag}}).status, 204);
}

TEST_F(Rest, ShowsWhatACheckFetched) {
  json draft = Countries("");
  draft.erase("name");
  const RestAnswer good = Call("POST", "/api/integrations/check", {{"integration", draft}});
  ASSERT_EQ(good.status, 200) << good.body;
  EXPECT_EQ(good.body.at("ok"), true) << good.body;
  EXPECT_EQ(good.body.at("records").size(), 10U);
  draft["credentials"]["key"] = "wrong";
  const json refused = Call("POST", "/api/integrations/check", {{"integration", draft}}).body;
  EXPECT_EQ(refused.at("ok"), false);
  EXPECT_EQ(refused.at("errorClass"), "AUTH");
  draft["config"]["baseUrl"] = "nowhere";
  const RestAnswer bad = Call("POST", "/api/integrations/check", {{"integration", draft}});
  EXPECT_EQ(bad.status, 422);
  EXPECT_EQ(bad.body.at("errors").at(0).at("pointer"), "/integration/config/baseUrl");
}

TEST_F(Rest, TellsOperatorsWhatTheyAsk) {
  const json executors = Call("GET", "/api/executors").body;
  EXPECT_EQ(executors.at("executors").at(0).at("name"), "executor-1");
  EXPECT_EQ(Call("GET", "/api/queue").body.at("executors"), 1);
  const json connectors = Call("GET", "/api/connectors").body.at("connectors");
  EXPECT_EQ(connectors.at(0).at("type"), "REST");
  EXPECT_TRUE(connectors.at(0).at("configSchema").contains("properties"));
  EXPECT_EQ(Call("GET", "/api/openapi.json").body.at("openapi"), "3.1.0");
  EXPECT_GE(Stack::Metric(
                gateway_,
                R"(syncline_gateway_requests_total{method="GET",route="/api/queue",status="2xx"})"),
            1);
}

TEST_F(Rest, PagesThroughHistoryByNumberAndByCursor) {
  const std::string id = Call("POST", "/api/integrations", Countries("a")).body.at("id");
  const std::string history = "/api/integrations/" + id + "/sync-history?pageSize=2";
  for (int i = 0; i < 5; ++i) SyncNow(id);
  std::vector<std::string> numbered;
  for (int page = 1; page <= 3; ++page) {
    const json answer = Call("GET", fmt::format("{}&page={}", history, page)).body;
    EXPECT_EQ(answer.at("total"), 5);
    for (const json& log : answer.at("logs")) numbered.push_back(log.at("id"));
  }
  std::vector<std::string> by_cursor;
  json answer = Call("GET", history).body;
  SyncNow(id);  // a row that comes in meanwhile moves no page by cursor
  while (true) {
    for (const json& log : answer.at("logs")) by_cursor.push_back(log.at("id"));
    if (answer.at("nextCursor").is_null()) break;
    answer = Call("GET", history + "&cursor=" + answer.at("nextCursor").get<std::string>()).body;
  }
  EXPECT_EQ(numbered.size(), 5U);
  EXPECT_EQ(by_cursor, numbered);
}

}  // namespace
}  // namespace syncline::testing
