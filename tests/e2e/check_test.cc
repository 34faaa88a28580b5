// CheckIntegration through real programs: what a caller learns before saving, that nothing is
// written, and that no secret shows.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "common/base/errors.h"
#include "common/rpc/status_conversion.h"
#include "tests/e2e/stack.h"

namespace syncline::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kCanary[] = "CANARY-c4e1-check";

// An integration on the sample API's countries, which need a key.
v1::Integration Countries(Stack& stack, const std::string& key, const std::string& tag = "") {
  v1::Integration integration;
  const std::string config = R"({
      "auth": {"kind": "api_key", "in": "header", "name": "X-Api-Key", "credential": "apiKey"},
      "streams": [{"name": "countries", "path": "/countries", "query": {"tag": ")" +
                             tag + R"("}, "records": "", "key": ["/alpha_2"],
                   "pagination": {"kind": "link_header"}, "fields": {"name": "/name"}},
                  {"name": "languages", "path": "/languages", "records": "/data", "key": ["/alpha_3"]}]})";
  EXPECT_TRUE(
      google::protobuf::util::JsonStringToMessage(config, integration.mutable_config()).ok());
  (*integration.mutable_config()->mutable_fields())["baseUrl"].set_string_value(stack.sample_url());
  integration.set_type(v1::REST);
  (*integration.mutable_credentials())["apiKey"] = key;
  return integration;
}

v1::CheckIntegrationRequest Unsaved(const v1::Integration& integration) {
  v1::CheckIntegrationRequest request;
  *request.mutable_integration() = integration;
  return request;
}

struct Answer {
  absl::Status status;
  v1::CheckIntegrationResponse response;
};

Answer CallCheck(Stack& stack, const v1::CheckIntegrationRequest& request) {
  grpc::ClientContext context;
  Answer answer;
  answer.status =
      rpc::FromGrpc(stack.integrations().CheckIntegration(&context, request, &answer.response));
  EXPECT_THAT(answer.status.ToString(), Not(HasSubstr("CANARY")));
  EXPECT_THAT(answer.response.ShortDebugString(), Not(HasSubstr("CANARY")));
  return answer;
}

v1::CheckIntegrationResponse Checked(Stack& stack, const v1::Integration& integration) {
  const Answer answer = CallCheck(stack, Unsaved(integration));
  EXPECT_TRUE(answer.status.ok()) << answer.status;
  return answer.response;
}

void SetBaseUrl(const std::string& url, v1::Integration& integration) {
  (*integration.mutable_config()->mutable_fields())["baseUrl"].set_string_value(url);
}

int Waiting(Stack& stack) {
  return nlohmann::json::parse(stack.Admin("GET", "/gates")).at("waiting").get<int>();
}

std::string Logs(Stack& stack) {
  std::stringstream all;
  for (const auto* programs : {&stack.schedulers(), &stack.executors()}) {
    for (const auto& program : *programs) all << std::ifstream(program->log_file).rdbuf();
  }
  return all.str();
}

class CheckTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { stack_ = new Stack; }
  static void TearDownTestSuite() {
    delete stack_;
    stack_ = nullptr;
  }
  void SetUp() override {
    stack_->Admin("POST", "/reset");
    stack_->Admin("DELETE", "/requests");
  }

  // Nothing that a run would leave behind, and no credential in any log.
  void TearDown() override {
    EXPECT_EQ(QueryInt(stack_->db(),
                       "SELECT (SELECT count(*) FROM syncline.live)"
                       " + (SELECT count(*) FROM syncline.sync_history)"
                       " + (SELECT count(*) FROM syncline.records)"
                       " + (SELECT count(*) FROM syncline.checkpoints)"
                       " + (SELECT count(*) FROM syncline.snapshot_seen)"),
              0);
    EXPECT_THAT(Logs(*stack_), Not(HasSubstr("CANARY")));
  }

  static Stack* stack_;
};
Stack* CheckTest::stack_ = nullptr;

TEST_F(CheckTest, AnUnsavedOneShowsTheFirstRecordsAsTheyWouldBeStored) {
  const v1::CheckIntegrationResponse page = Checked(*stack_, Countries(*stack_, "sample-key"));
  EXPECT_TRUE(page.ok()) << page.ShortDebugString();
  EXPECT_EQ(page.error_class(), v1::ERROR_CLASS_UNSPECIFIED);
  EXPECT_THAT(page.error_message(), IsEmpty());
  EXPECT_EQ(page.http_status(), 200);
  EXPECT_EQ(page.fetched(), 100);
  EXPECT_EQ(page.rejected(), 0);
  EXPECT_GT(page.latency().seconds() * 1'000'000'000 + page.latency().nanos(), 0);
  ASSERT_EQ(page.records_size(), 10);
  EXPECT_EQ(page.records(0).fields().size(), 1U) << "only what `fields` names";
  EXPECT_THAT(page.records(0).fields().at("name").string_value(), Not(IsEmpty()));
  EXPECT_EQ(QueryInt(stack_->db(), "SELECT count(*) FROM syncline.integrations"), 0);
  // One page of one stream, though both have more.
  EXPECT_EQ(nlohmann::json::parse(stack_->Admin("GET", "/requests?path=/countries")).size(), 1U);
  EXPECT_EQ(nlohmann::json::parse(stack_->Admin("GET", "/requests?path=/languages")).size(), 0U);
}

TEST_F(CheckTest, ASavedOneIsTriedWithWhatIsStoredEvenWhenDisabled) {
  v1::CreateIntegrationRequest create;
  *create.mutable_integration() = Countries(*stack_, "sample-key");
  create.mutable_integration()->set_name("countries");
  create.mutable_integration()->set_external_id("crm-7");
  create.mutable_integration()->mutable_sync_settings()->set_sync_enabled(false);
  grpc::ClientContext context;
  v1::Integration made;
  const grpc::Status created = stack_->integrations().CreateIntegration(&context, create, &made);
  ASSERT_TRUE(created.ok()) << created.error_message();
  v1::CheckIntegrationRequest request;
  request.set_integration_id("crm-7");
  const Answer first = CallCheck(*stack_, request);
  EXPECT_TRUE(first.response.ok()) << first.status << first.response.ShortDebugString();
  EXPECT_EQ(first.response.fetched(), 100);
  request.set_integration_id(made.id());
  request.set_stream("languages");
  const Answer second = CallCheck(*stack_, request);
  EXPECT_TRUE(second.response.ok()) << second.status << second.response.ShortDebugString();
  EXPECT_EQ(second.response.records(0).fields().count("alpha_3"), 1U);
  request.set_stream("nothing");
  const absl::Status unknown = CallCheck(*stack_, request).status;
  EXPECT_EQ(ReasonOf(unknown), "INVALID_FIELDS");
  ASSERT_EQ(FieldsOf(unknown).size(), 1U);
  EXPECT_EQ(FieldsOf(unknown)[0].field, "stream");
  const std::string state =
      "SELECT count(*) FROM syncline.integrations WHERE version = 1 AND last_run_id IS NULL";
  EXPECT_EQ(QueryInt(stack_->db(), state), 1);
  grpc::ClientContext delete_context;
  v1::DeleteIntegrationRequest erase;
  erase.set_integration_id(made.id());
  google::protobuf::Empty none;
  EXPECT_TRUE(stack_->integrations().DeleteIntegration(&delete_context, erase, &none).ok());
}

TEST_F(CheckTest, WhatTheRemoteDoesWrongIsAnAnswer) {
  v1::Integration refused = Countries(*stack_, kCanary);
  SetBaseUrl("http://127.0.0.2:1", refused);  // only 127.0.0.1 is allowed here
  v1::Integration unreachable = Countries(*stack_, kCanary);
  SetBaseUrl("http://127.0.0.1:" + std::to_string(FreePort()), unreachable);
  const auto fault = [&](const std::string& tag, const std::string& what) {
    stack_->Admin(
        "POST", "/faults",
        R"({"path": "/countries", "match": {"tag": ")" + tag + R"("}, "kind": ")" + what + R"("})");
  };
  fault("html", "html");
  fault("drop", "drop_key");
  fault("limit", "retry_after");
  const struct {
    const char* row;
    v1::Integration integration;
    v1::ErrorClass error_class;
    int http_status;
    const char* says;
  } kCases[] = {
      {"wrong key", Countries(*stack_, kCanary), v1::AUTH, 401, "credentials were refused"},
      {"not JSON", Countries(*stack_, "sample-key", "html"), v1::DATA, 200, "body"},
      {"a record without its key", Countries(*stack_, "sample-key", "drop"), v1::DATA, 200,
       "/alpha_2"},
      {"a wait", Countries(*stack_, "sample-key", "limit"), v1::RATE_LIMITED, 429, "wait"},
      {"an address that is not allowed", refused, v1::CONFIG, 0, "127.0.0.2"},
      {"nobody there", unreachable, v1::TRANSIENT, 0, "127.0.0.1"},
  };
  for (const auto& c : kCases) {
    const v1::CheckIntegrationResponse page = Checked(*stack_, c.integration);
    EXPECT_FALSE(page.ok()) << c.row;
    EXPECT_EQ(page.error_class(), c.error_class) << c.row << ": " << page.error_message();
    EXPECT_EQ(page.http_status(), c.http_status) << c.row;
    EXPECT_THAT(page.error_message(), HasSubstr(c.says)) << c.row;
    EXPECT_EQ(page.rejected(), std::string(c.row) == "a record without its key" ? 1 : 0) << c.row;
  }
}

TEST_F(CheckTest, ACallerThatHangsUpEndsTheRequestToTheRemote) {
  stack_->Admin("POST", "/gates", R"({"path": "/countries"})");
  grpc::ClientContext context;
  std::thread caller([&] {
    v1::CheckIntegrationResponse response;
    const grpc::Status status = stack_->integrations().CheckIntegration(
        &context, Unsaved(Countries(*stack_, "sample-key")), &response);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::CANCELLED);
  });
  AwaitOrDie("the check's request", [&] { return Waiting(*stack_) == 1; });
  context.TryCancel();
  caller.join();
  AwaitOrDie("the request's end", [&] { return Waiting(*stack_) == 0; });
}

TEST_F(CheckTest, ADrainingExecutorHandsItsCheckOn) {
  stack_->Admin("POST", "/gates", R"({"path": "/countries", "match": {"tag": "drain"}})");
  Answer answer;
  std::thread caller(
      [&] { answer = CallCheck(*stack_, Unsaved(Countries(*stack_, "sample-key", "drain"))); });
  AwaitOrDie("the check's request", [&] { return Waiting(*stack_) == 1; });
  stack_->AwaitReady(stack_->StartExecutor());
  stack_->executors().front()->process.Signal(SIGTERM);
  const auto requests = [&] {
    return nlohmann::json::parse(stack_->Admin("GET", "/requests?path=/countries"));
  };
  AwaitOrDie("the second executor's request", [&] {
    int waiting = 0;
    int left = 0;
    const nlohmann::json all = requests();
    for (const auto& request : all) {
      waiting += request.at("status") == 0 ? 1 : 0;
      left += request.at("status") == 499 ? 1 : 0;
    }
    return waiting == 1 && left == 1;
  });
  stack_->Admin("POST", "/gates/release");
  caller.join();
  EXPECT_TRUE(answer.response.ok()) << answer.status << answer.response.ShortDebugString();
  EXPECT_EQ(stack_->executors().front()->process.Wait(absl::Seconds(30)), 0);
}

TEST(CheckWithoutExecutor, SaysSo) {
  Stack stack({.schedulers = 1, .executors = 0});
  const absl::Status status = CallCheck(stack, Unsaved(Countries(stack, "sample-key"))).status;
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(status), "NO_EXECUTOR");
}

}  // namespace
}  // namespace syncline::testing
