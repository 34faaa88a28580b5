// What holds on every route: methods, bodies, errors, tokens, origins, and the description.
#include "gateway/routes/gateway_routes.h"

#include <gmock/gmock.h>

#include <set>

#include "common/base/errors.h"
#include "gateway/routes/routes_fixture.h"
#include "gateway_api.h"

namespace syncline::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kToken[] = "0123456789abcdef0123456789abcdef";

// "/api/integrations/:id/sync" with every parameter made "x".
std::string TargetOf(const std::string& pattern) {
  std::string target;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == ':') {
      target += "x";
      while (i + 1 < pattern.size() && pattern[i + 1] != '/') ++i;
    } else {
      target += pattern[i];
    }
  }
  return target;
}

class GatewayRoutesTest : public RoutesTest {};

class GuardedRoutesTest : public RoutesTest {
 protected:
  GuardedRoutesTest()
      : RoutesTest([](std::string_view token) -> std::optional<std::string> {
          if (token == kToken) return "billing";
          return std::nullopt;
        }) {}
};

TEST_F(GatewayRoutesTest, TheDescriptionHasEveryRouteAndNoOther) {
  std::set<std::string> described;
  const Json api = Json::parse(api::kOpenapi);
  for (const auto& [path, methods] : api.at("paths").items()) {
    for (const auto& [method, operation] : methods.items()) {
      std::string pattern = path;
      for (std::size_t at; (at = pattern.find('{')) != std::string::npos;) {
        pattern[at] = ':';
        pattern.erase(pattern.find('}'), 1);
      }
      std::string upper = method;
      for (char& c : upper) c = static_cast<char>(std::toupper(c));
      described.insert(upper + " " + pattern);
    }
  }
  std::set<std::string> served;
  for (const Route* route : routes_->table().All()) {
    if (route->pattern != "/api/docs/script.js" &&
        route->pattern != "/api/docs/style.css")  // of the page
      served.insert(route->method + " " + route->pattern);
  }
  EXPECT_EQ(described, served);
}

TEST_F(GatewayRoutesTest, SaysWhichMethodsAPathHas) {
  const HttpResponse refused = Send("PUT", "/api/integrations");
  EXPECT_EQ(refused.status, 405);
  EXPECT_EQ(HeaderOf(refused, "Allow"), "GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(Send("OPTIONS", "/api/integrations").status, 204);
  EXPECT_EQ(Send("HEAD", "/api/integrations").status, 200);
  EXPECT_EQ(Send("BREW", "/api/queue").status, 405);
  EXPECT_EQ(Send("GET", "/api/integrations/check").status, 405);
  EXPECT_EQ(Send("GET", "/api/nothing").status, 404);
  EXPECT_EQ(Send("GET", "/api/integrations/").status, 404);
  EXPECT_EQ(Send("POST", "/").status, 405);
}

TEST_F(GatewayRoutesTest, TakesOnlyJsonThatSaysSo) {
  struct Row {
    const char* type;
    const char* body;
    int status;
  };
  for (const Row& row : {Row{"text/plain", "{}", 415},
                         {"", "{}", 415},
                         {"application/json", "", 400},
                         {"application/json", "{", 400},
                         {"Application/JSON ; charset=utf-8", "[]", 422},
                         {"application/merge-patch+json", "{}", 415}}) {
    const HttpResponse response =
        Send("POST", "/api/integrations", row.body, {{"Content-Type", row.type}});
    EXPECT_EQ(response.status, row.status) << row.type << " " << row.body;
    EXPECT_EQ(response.content_type, "application/problem+json");
  }
  EXPECT_EQ(
      Send("PATCH", "/api/integrations/x", "{}", {{"Content-Type", "application/merge-patch+json"}})
          .status,
      200);
}

TEST_F(GatewayRoutesTest, TurnsTheSchedulersErrorsIntoProblems) {
  struct Row {
    absl::Status error;
    int status;
    const char* reason;
  };
  const std::vector<Row> rows = {
      {ReasonError(absl::StatusCode::kNotFound, "INTEGRATION_NOT_FOUND", "m"), 404,
       "INTEGRATION_NOT_FOUND"},
      {ReasonError(absl::StatusCode::kAlreadyExists, "EXTERNAL_ID_TAKEN", "m"), 409,
       "EXTERNAL_ID_TAKEN"},
      {ReasonError(absl::StatusCode::kFailedPrecondition, "MANUAL_INTEGRATION", "m"), 409,
       "MANUAL_INTEGRATION"},
      {ReasonError(absl::StatusCode::kAborted, "VERSION_MISMATCH", "m"), 412, "VERSION_MISMATCH"},
      {ReasonError(absl::StatusCode::kAborted, "ABORTED", "m"), 503, "ABORTED"},
      {ReasonError(absl::StatusCode::kResourceExhausted, "OVERLOADED", "m"), 429, "OVERLOADED"},
      {ReasonError(absl::StatusCode::kUnavailable, "SCHEDULER_UNAVAILABLE", "m"), 503,
       "SCHEDULER_UNAVAILABLE"},
      {ReasonError(absl::StatusCode::kDeadlineExceeded, "CHECK_TIMED_OUT", "m"), 503,
       "CHECK_TIMED_OUT"},
      {InvalidFieldsError({{"integration_id", "is required"}}), 400, "INVALID_FIELDS"},
      {absl::InternalError("CANARY at /var/lib"), 500, "INTERNAL"},
  };
  for (const Row& row : rows) {
    backend_.status = row.error;
    const HttpResponse response = Send("GET", "/api/integrations/x");
    const Json problem = Json::parse(response.body);
    EXPECT_EQ(response.status, row.status) << row.reason;
    EXPECT_EQ(problem.at("status"), row.status);
    EXPECT_EQ(problem.at("reason"), row.reason);
    EXPECT_EQ(HeaderOf(response, "Retry-After").empty(), row.status != 503 && row.status != 429)
        << row.reason;
    EXPECT_THAT(response.body, Not(HasSubstr("CANARY")));
  }
}

TEST_F(GatewayRoutesTest, KeepsBrowsersCareful) {
  for (const char* target : {"/api/queue", "/api/nothing", "/api/docs", "/"}) {
    const HttpResponse response = Send("GET", target);
    EXPECT_EQ(HeaderOf(response, "X-Content-Type-Options"), "nosniff") << target;
    EXPECT_EQ(HeaderOf(response, "X-Frame-Options"), "DENY") << target;
    EXPECT_THAT(HeaderOf(response, "Content-Security-Policy"), HasSubstr("default-src 'none'"))
        << target;
    EXPECT_THAT(HeaderOf(response, "Content-Security-Policy"), Not(HasSubstr("unsafe-inline")))
        << target;
  }
  for (const std::string_view text : {api::kDocsPage, api::kDocsScript, api::kDocsStyle})
    EXPECT_EQ(text.find("://"), std::string_view::npos) << "the page needs another host";
}

TEST_F(GatewayRoutesTest, RefusesChangesOfForeignPages) {
  struct Row {
    const char* name;
    NameValues headers;
    int status;
  };
  const std::vector<Row> rows = {
      {"a program", {}, 200},
      {"our page", {{"Origin", "http://localhost:8080"}}, 200},
      {"our page, other case", {{"Origin", "HTTP://LOCALHOST:8080"}}, 200},
      {"another port", {{"Origin", "http://localhost:9090"}}, 403},
      {"another host", {{"Origin", "https://evil.example"}}, 403},
      {"an opaque origin", {{"Origin", "null"}}, 403},
      {"an old browser's form", {{"Sec-Fetch-Site", "cross-site"}}, 403},
      {"a name pointed here", {{"Host", "evil.example"}, {"Origin", "http://evil.example"}}, 403},
      {"a name like ours", {{"Host", "127.0.0.1.evil.example"}}, 403},
      {"IPv6", {{"Host", "[::1]:8080"}, {"Origin", "http://[::1]:8080"}}, 200},
      {"default ports", {{"Host", "127.0.0.1"}, {"Origin", "http://127.0.0.1:80"}}, 200},
  };
  for (const Row& row : rows)
    EXPECT_EQ(Send("PATCH", "/api/integrations/x", "{}", row.headers).status, row.status)
        << row.name;
  // Reading is no change, but not under a foreign name either.
  EXPECT_EQ(Send("GET", "/api/queue", "", {{"Origin", "https://evil.example"}}).status, 200);
  EXPECT_EQ(Send("GET", "/api/queue", "", {{"Host", "evil.example"}}).status, 403);
}

TEST_F(GuardedRoutesTest, EveryRouteOfTheApiAsksForAToken) {
  const std::set<std::string> open = {"GET /api/session", "POST /api/session",
                                      "DELETE /api/session"};
  int guarded = 0;
  for (const Route* route : routes_->table().All()) {
    if (open.contains(route->method + " " + route->pattern)) continue;
    ++guarded;
    for (const NameValues& headers : {NameValues{},
                                      {{"Authorization", "Bearer wrong"}},
                                      {{"Authorization", std::string("Basic ") + kToken}},
                                      {{"Authorization", "Bearer "}},
                                      {{"Cookie", "syncline_session=wrong"}},
                                      {{"Cookie", "syncline_session="}}}) {
      const HttpResponse response = Send(route->method, TargetOf(route->pattern), "{}", headers);
      EXPECT_EQ(response.status, 401) << route->method << " " << route->pattern;
      EXPECT_EQ(HeaderOf(response, "WWW-Authenticate"), "Bearer realm=\"syncline\"");
    }
  }
  EXPECT_GT(guarded, 20);
  EXPECT_EQ(Send("GET", "/api/nothing").status, 401);
  EXPECT_EQ(Send("PUT", "/api/queue").status, 401);
  EXPECT_THAT(backend_.asked, IsEmpty());
}

TEST_F(GuardedRoutesTest, TakesATokenFromTheHeaderOrTheCookie) {
  const std::string bearer = std::string("bearer ") + kToken;
  const std::string cookie = std::string("a=b; syncline_session=") + kToken;
  EXPECT_EQ(Send("GET", "/api/queue", "", {{"Authorization", bearer}}).status, 200);
  EXPECT_EQ(Send("GET", "/api/queue", "", {{"Cookie", cookie}}).status, 200);
  // The header counts when there are both.
  EXPECT_EQ(
      Send("GET", "/api/queue", "", {{"Authorization", "Bearer x"}, {"Cookie", cookie}}).status,
      401);
  // With tokens any name may be ours.
  EXPECT_EQ(
      Send("GET", "/api/queue", "", {{"Authorization", bearer}, {"Host", "sync.example"}}).status,
      200);
  EXPECT_EQ(Send("PATCH", "/api/integrations/x", "{}",
                 {{"Cookie", cookie}, {"Host", "sync.example"}, {"Origin", "https://evil.example"}})
                .status,
            403);
}

TEST_F(GuardedRoutesTest, SignsABrowserInAndOut) {
  EXPECT_EQ(
      Json::parse(Send("GET", "/api/session").body),
      Json::parse(R"({"authenticationRequired":true,"authenticated":false,"tokenName":null})"));
  const HttpResponse in =
      Send("POST", "/api/session", std::string(R"({"token":")") + kToken + "\"}",
           {{"Host", "sync.example"}, {"Origin", "https://sync.example"}});
  EXPECT_EQ(in.status, 200);
  EXPECT_EQ(Json::parse(in.body).at("tokenName"), "billing");
  EXPECT_EQ(HeaderOf(in, "Set-Cookie"),
            std::string("syncline_session=") + kToken +
                "; Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000; Secure");
  EXPECT_EQ(Json::parse(Send("GET", "/api/session", "",
                             {{"Cookie", std::string("syncline_session=") + kToken}})
                            .body)
                .at("authenticated"),
            true);
  EXPECT_EQ(Send("POST", "/api/session", R"({"token":"wrong"})").status, 401);
  EXPECT_EQ(Send("POST", "/api/session", R"({"token":"a; Domain=evil.example"})").status, 422);
  const HttpResponse out = Send("DELETE", "/api/session");
  EXPECT_EQ(out.status, 204);
  EXPECT_THAT(HeaderOf(out, "Set-Cookie"),
              HasSubstr("syncline_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"));
}

}  // namespace
}  // namespace syncline::gateway
