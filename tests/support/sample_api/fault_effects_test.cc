// Each fault seen from the client's side.
#include "tests/support/sample_api/fault_effects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/support/sample_api/api_server.h"

namespace syncline::sample_api {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class FaultTest : public testing::Test {
 protected:
  void SetUp() override {
    auto server = ApiServer::Start({});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    client_ = std::make_unique<httplib::Client>("http://" + server_->address());
    client_->set_read_timeout(20);
  }

  void Arrange(json rule) {
    if (!rule.contains("path")) rule["path"] = "/languages";
    const auto answer = client_->Post("/admin/faults", rule.dump(), "application/json");
    ASSERT_TRUE(answer && answer->status == 204) << (answer ? answer->body : "no answer");
  }

  httplib::Result Ask(const std::string& path = "/languages?per_page=3") {
    return client_->Get(path);
  }

  std::unique_ptr<ApiServer> server_;
  std::unique_ptr<httplib::Client> client_;
};

TEST_F(FaultTest, AnswersThatAreProperHttp) {
  struct Row {
    const char* name;
    json rule;
    int status;
    std::string part_of_body;
  };
  const Row rows[] = {
      {"status", {{"kind", "status"}, {"status", 503}}, 503, "a fault on request"},
      {"retry_after", {{"kind", "retry_after"}, {"retryAfter", "7"}}, 429, "a fault"},
      {"redirect", {{"kind", "redirect"}, {"location", "http://127.0.0.1:1/"}}, 302, "a fault"},
      {"html", {{"kind", "html"}}, 200, "<!doctype html>"},
      {"not_json", {{"kind", "not_json"}}, 200, "this is not JSON"},
      {"bad_utf8", {{"kind", "bad_utf8"}}, 200, "\"caf\xe9 \xff\xfe\""},
      {"nul", {{"kind", "nul"}}, 200, "\"a\\u0000b\""},
      {"deep_json", {{"kind", "deep_json"}, {"count", 5}}, 200, "{\"data\":[[[[[]]]]]}"},
      {"headers", {{"kind", "headers"}, {"headers", {{"RateLimit-Limit", "5"}}}}, 200, "\"aaa\""},
  };
  for (const Row& row : rows) {
    Arrange(row.rule);
    const auto answer = Ask();
    ASSERT_TRUE(answer) << row.name;
    EXPECT_EQ(answer->status, row.status) << row.name;
    EXPECT_THAT(answer->body, HasSubstr(row.part_of_body)) << row.name;
    if (row.rule.contains("retryAfter")) {
      EXPECT_EQ(answer->get_header_value("Retry-After"), "7");
    }
    if (row.rule.contains("headers")) {
      EXPECT_EQ(answer->get_header_value("RateLimit-Limit"), "5");
    }
    client_->Delete("/admin/faults");
  }
}

TEST_F(FaultTest, DropsKeysOfTheFirstRecords) {
  Arrange({{"kind", "drop_key"}, {"count", 2}});
  const json data = json::parse(Ask()->body)["data"];
  EXPECT_FALSE(data[1].contains("alpha_3"));
  EXPECT_TRUE(data[2].contains("alpha_3"));
}

TEST_F(FaultTest, MatchSkipAndTimesAim) {
  Arrange({{"kind", "status"}, {"match", {{"page", 2}}}, {"skip", 1}, {"times", 1}});
  EXPECT_EQ(Ask("/languages")->status, 200);
  EXPECT_EQ(Ask("/languages?page=2")->status, 200);
  EXPECT_EQ(Ask("/languages?page=2")->status, 500);
  EXPECT_EQ(Ask("/languages?page=2")->status, 200);
}

TEST_F(FaultTest, RefusesABadRule) {
  for (const char* rule : {"[]", "{}", R"({"path":"/x"})", R"({"path":"/x","kind":"explode"})",
                           R"({"path":"/x","kind":"status","status":"much"})"}) {
    EXPECT_EQ(client_->Post("/admin/faults", rule, "application/json")->status, 400) << rule;
  }
}

TEST_F(FaultTest, RepeatsTheCursorThatWasAsked) {
  const auto cursor = json::parse(Ask("/subdivisions?limit=1")->body)["meta"]["next"];
  Arrange({{"kind", "same_cursor"}, {"path", "/subdivisions"}});
  const std::string second = httplib::append_query_params(
      "/subdivisions", {{"limit", "1"}, {"after", cursor.get<std::string>()}});
  EXPECT_EQ(json::parse(Ask(second)->body)["meta"]["next"], cursor);
}

TEST_F(FaultTest, ConnectionsThatEndEarly) {
  for (const char* kind : {"close", "truncate"}) {
    Arrange({{"kind", kind}, {"times", 1}});
    EXPECT_FALSE(Ask()) << kind;
  }
  EXPECT_TRUE(Ask());
}

TEST_F(FaultTest, BrokenCompression) {
  Arrange({{"kind", "truncated_gzip"}, {"times", 1}});
  client_->set_decompress(false);
  const auto half = Ask("/languages");
  ASSERT_TRUE(half);
  EXPECT_EQ(half->get_header_value("Content-Encoding"), "gzip");
  Arrange({{"kind", "gzip_bomb"}, {"bytes", 10'000'000}, {"times", 1}});
  const auto bomb = Ask();
  ASSERT_TRUE(bomb);
  EXPECT_LT(bomb->body.size(), 100'000U);
}

TEST_F(FaultTest, HugeBodyHasItsSize) {
  Arrange({{"kind", "huge_body"}, {"bytes", 5'000'000}});
  const auto answer = Ask();
  ASSERT_TRUE(answer);
  EXPECT_GE(answer->body.size(), 5'000'000U);
}

TEST_F(FaultTest, SlowAnswersComeSlowly) {
  const auto start = std::chrono::steady_clock::now();
  Arrange({{"kind", "delay"}, {"delayMs", 300}, {"times", 1}});
  EXPECT_EQ(Ask()->status, 200);
  Arrange({{"kind", "drip"}, {"delayMs", 1}, {"times", 1}});
  EXPECT_EQ(Ask("/languages?per_page=1")->status, 200);
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(500));
}

TEST_F(FaultTest, HangsUntilTheFaultsAreCleared) {
  Arrange({{"kind", "hang"}});
  std::thread asker([&] {
    httplib::Client waiting("http://" + server_->address());
    EXPECT_FALSE(waiting.Get("/languages"));
  });
  while (json::parse(Ask("/admin/faults")->body)[0]["caught"] != 1) std::this_thread::yield();
  client_->Delete("/admin/faults");
  asker.join();
}

TEST_F(FaultTest, EndlessHeadersNeverBecomeAnAnswer) {
  Arrange({{"kind", "endless_headers"}});
  httplib::Client impatient("http://" + server_->address());
  std::thread stopper([&] {
    while (json::parse(Ask("/admin/faults")->body)[0]["caught"] != 1) std::this_thread::yield();
    server_->Stop();
  });
  EXPECT_FALSE(impatient.Get("/languages"));
  stopper.join();
}

}  // namespace
}  // namespace syncline::sample_api
