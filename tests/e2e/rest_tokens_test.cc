// Rule 11 at the gateway: on a port that is not loopback nothing is read or changed without a
// token, over REST or events, and what is open shows nothing of any customer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "common/auth/token_list.h"
#include "tests/e2e/rest_client.h"

namespace syncline::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

class RestTokens : public ::testing::Test {
 protected:
  RestTokens() {
    WriteTokens({{"billing", token_}});
    gateway_ = &stack_.StartGateway({{"SYNC_API_TOKENS", tokens_file_}});
    stack_.AwaitReady(*gateway_);
  }

  void WriteTokens(const std::map<std::string, std::string>& tokens) const {
    std::ofstream file(tokens_file_);
    for (const auto& [name, token] : tokens) file << auth::TokenLine(name, token).value() << "\n";
  }
  static httplib::Headers Bearer(const std::string& token) {
    return {{"Authorization", "Bearer " + token}};
  }

  const std::string token_ = auth::NewToken();
  Stack stack_{{.executors = 0}};
  const std::string tokens_file_ = stack_.directory() + "/tokens";
  Program* gateway_ = nullptr;
};

TEST_F(RestTokens, NothingIsAnsweredWithoutOne) {
  const std::string id =
      stack_.Create("CANARY customer", R"({"streams": [{"name": "s", "path": "/s", "records": "",
      "key": ["/id"]}]})");
  const RestAnswer api = CallRest(*gateway_, "GET", "/api/openapi.json", "", Bearer(token_));
  ASSERT_EQ(api.status, 200);
  int asked = 0;
  for (const auto& [path, methods] : api.body.at("paths").items()) {
    std::string target = path;
    for (std::size_t at; (at = target.find('{')) != std::string::npos;)
      target.replace(at, target.find('}') - at + 1, id);
    for (const auto& [method, operation] : methods.items()) {
      if (path == "/api/session") continue;
      std::string upper = method;
      for (char& c : upper) c = static_cast<char>(std::toupper(c));
      for (const auto& headers :
           {httplib::Headers{}, Bearer(auth::NewToken()),
            httplib::Headers{{"Cookie", "syncline_session=" + auth::NewToken()}}}) {
        const RestAnswer answer = CallRest(
            *gateway_, upper, target, upper == "GET" || upper == "DELETE" ? "" : "{}", headers);
        EXPECT_EQ(answer.status, 401) << upper << " " << target;
        EXPECT_THAT(answer.body.dump(), Not(HasSubstr("CANARY")));
        ++asked;
      }
    }
  }
  EXPECT_GT(asked, 60);
  EXPECT_EQ(QueryInt(stack_.db(), "SELECT count(*) FROM syncline.integrations"), 1);
  httplib::Client client("127.0.0.1", gateway_->http_port);
  for (const char* open : {"/", "/healthz", "/readyz", "/metrics", "/api/session"}) {
    const auto answer = client.Get(open);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200) << open;
    EXPECT_THAT(answer->body, Not(HasSubstr("CANARY"))) << open;
    EXPECT_THAT(answer->body, Not(HasSubstr(id))) << open;
  }
}

TEST_F(RestTokens, ABrowserSignsInAndListens) {
  const RestAnswer in =
      CallRest(*gateway_, "POST", "/api/session", json({{"token", token_}}).dump());
  ASSERT_EQ(in.status, 200);
  const std::string cookie = in.Header("Set-Cookie").substr(0, in.Header("Set-Cookie").find(';'));
  EXPECT_THAT(in.Header("Set-Cookie"), HasSubstr("; HttpOnly; SameSite=Strict"));
  EXPECT_EQ(CallRest(*gateway_, "GET", "/api/integrations", "", {{"Cookie", cookie}}).status, 200);
  EventClient listening(*gateway_, "", {{"Cookie", cookie}});
  listening.Await("a snapshot", [](const auto&, const std::vector<std::string>& events) {
    return std::find(events.begin(), events.end(), "snapshot-end") != events.end();
  });
  EventClient stranger(*gateway_, "");
  AwaitOrDie("a refusal", [&] { return stranger.ended(); });
  EXPECT_THAT(stranger.error(), HasSubstr("MISSING_TOKEN"));
}

TEST_F(RestTokens, ATokenIsReplacedWithoutARestart) {
  const std::string next = auth::NewToken();
  WriteTokens({{"billing", next}});
  AwaitOrDie("the new token", [&] {
    return CallRest(*gateway_, "GET", "/api/integrations", "", Bearer(next)).status == 200;
  });
  EXPECT_EQ(CallRest(*gateway_, "GET", "/api/integrations", "", Bearer(token_)).status, 401);
  // No token is ever written down.
  for (const std::string& token : {token_, next})
    EXPECT_EQ(CountLines(gateway_->log_file, token), 0);
}

// The gateway shows a token of its own to the schedulers.
TEST_F(RestTokens, TheGatewayIsLetInByItsOwnToken) {
  const std::string own = auth::NewToken();
  const std::string own_tokens = stack_.directory() + "/scheduler-tokens";
  const std::string own_file = stack_.directory() + "/gateway-token";
  std::ofstream(own_tokens) << auth::TokenLine("gateway", own).value() << "\n";
  std::ofstream(own_file) << own << "\n";
  Program& scheduler = stack_.StartScheduler({{"SYNC_API_TOKENS", own_tokens}});
  stack_.AwaitReady(scheduler);
  const std::string address = fmt::format("127.0.0.1:{}", scheduler.port);
  Program& stranger = stack_.StartGateway({}, address);
  Program& known = stack_.StartGateway({{"SYNC_API_TOKEN_FILE", own_file}}, address);
  stack_.AwaitReady(stranger);
  stack_.AwaitReady(known);
  EXPECT_EQ(CallRest(known, "GET", "/api/integrations").status, 200);
  const RestAnswer refused = CallRest(stranger, "GET", "/api/integrations");
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.body.at("reason"), "GATEWAY_NOT_LET_IN");
}

}  // namespace
}  // namespace syncline::testing
