// Bad input over the wire: every bad field at once, with its path, what is wrong and what would be
// right; nothing is written.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include "common/base/errors.h"
#include "common/rpc/status_conversion.h"
#include "tests/e2e/stack.h"

namespace syncline::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsSupersetOf;

constexpr char kStream[] = R"({"name": "s", "path": "/x", "records": "/data", "key": ["/id"]})";

class BadInputTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { stack_ = new Stack({.schedulers = 1, .executors = 0}); }
  static void TearDownTestSuite() {
    delete stack_;
    stack_ = nullptr;
  }

  // The violations of creating an integration given as JSON, by field.
  static std::map<std::string, std::string> Violations(const std::string& integration_json) {
    v1::CreateIntegrationRequest request;
    EXPECT_TRUE(
        google::protobuf::util::JsonStringToMessage(integration_json, request.mutable_integration())
            .ok())
        << integration_json;
    grpc::ClientContext context;
    v1::Integration created;
    const absl::Status status =
        rpc::FromGrpc(stack_->integrations().CreateIntegration(&context, request, &created));
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << integration_json;
    std::map<std::string, std::string> by_field;
    for (const FieldViolation& field : FieldsOf(status)) by_field[field.field] = field.description;
    return by_field;
  }

  static Stack* stack_;
};
Stack* BadInputTest::stack_ = nullptr;

std::string WithConfig(const std::string& config, const std::string& more = "") {
  return R"({"name": "n", "type": "REST", "config": )" + config + more + "}";
}

std::string WithInterval(const std::string& interval) {
  return WithConfig(
      R"({"baseUrl": "https://example.com", "streams": [)" + std::string(kStream) + "]}",
      R"(, "syncSettings": {"syncInterval": ")" + interval + R"("})");
}

TEST_F(BadInputTest, EachMistakeIsNamedWithItsPath) {
  const std::string stream = kStream;
  const struct {
    const char* name;
    std::string integration;
    const char* field;
    const char* says;
  } cases[] = {
      {"unknown key",
       WithConfig(R"({"baseUrl": "https://e.com", "bogus": 1, "streams": [)" + stream + "]}"),
       "integration.config/bogus", "not a known setting"},
      {"relative URL", WithConfig(R"({"baseUrl": "/v1", "streams": [)" + stream + "]}"),
       "integration.config/baseUrl", "http"},
      {"other scheme", WithConfig(R"({"baseUrl": "ftp://e.com", "streams": [)" + stream + "]}"),
       "integration.config/baseUrl", "http"},
      {"bad pointer",
       WithConfig(
           R"({"baseUrl": "https://e.com", "streams": [{"name": "s", "path": "/x", "records": "/d", "key": ["id"]}]})"),
       "integration.config/streams/0/key/0", "JSON Pointer"},
      {"same name twice",
       WithConfig(R"({"baseUrl": "https://e.com", "streams": [)" + stream + "," + stream + "]}"),
       "integration.config/streams/1/name", "s"},
      {"missing credential",
       WithConfig(
           R"({"baseUrl": "https://e.com", "auth": {"kind": "bearer", "credential": "token"}, "streams": [)" +
           stream + "]}"),
       "integration.config/auth/credential", "token"},
      {"interval 0", WithInterval("0s"), "integration.sync_settings.sync_interval", "60 s"},
      {"interval -5", WithInterval("-5s"), "integration.sync_settings.sync_interval", "60 s"},
      {"interval 59", WithInterval("59s"), "integration.sync_settings.sync_interval", "60 s"},
      {"interval over 366 days", WithInterval("31622401s"),
       "integration.sync_settings.sync_interval", "366 days"},
      {"interval with a fraction", WithInterval("60.5s"), "integration.sync_settings.sync_interval",
       "whole seconds"},
      {"a type of a later round", R"({"name": "n", "type": "GRAPHQL", "config": {}})",
       "integration.type", "GRAPHQL"},
  };
  for (const auto& c : cases) {
    const auto violations = Violations(c.integration);
    ASSERT_TRUE(violations.contains(c.field))
        << c.name << ": " << ::testing::PrintToString(violations);
    EXPECT_THAT(violations.at(c.field), HasSubstr(c.says)) << c.name;
  }
  EXPECT_EQ(QueryInt(stack_->db(), "SELECT count(*) FROM syncline.integrations"), 0);
}

TEST_F(BadInputTest, AllMistakesComeAtOnce) {
  const auto violations = Violations(
      R"({"name": "", "type": "REST", "syncSettings": {"syncInterval": "59s", "maxRetries": 21},
          "config": {"baseUrl": "nowhere", "bogus": 1, "streams": [{"name": "s", "path": "/x", "records": "d", "key": ["id"]}]}})");
  std::vector<std::string> fields;
  for (const auto& [field, description] : violations) fields.push_back(field);
  EXPECT_THAT(fields,
              IsSupersetOf({"integration.name", "integration.sync_settings.sync_interval",
                            "integration.sync_settings.max_retries", "integration.config/baseUrl",
                            "integration.config/bogus", "integration.config/streams/0/records",
                            "integration.config/streams/0/key/0"}));
}

TEST_F(BadInputTest, MasksTokensAndIdsThatNameNothing) {
  const std::string id = stack_->Create("real", R"({"streams": [)" + std::string(kStream) + "]}");
  v1::UpdateIntegrationRequest update;
  update.mutable_integration()->set_id(id);
  update.mutable_update_mask()->add_paths("nmae");
  grpc::ClientContext update_context;
  v1::Integration updated;
  const absl::Status mask =
      rpc::FromGrpc(stack_->integrations().UpdateIntegration(&update_context, update, &updated));
  ASSERT_EQ(FieldsOf(mask).size(), 1U) << mask;
  EXPECT_THAT(FieldsOf(mask)[0].description, HasSubstr("nmae"));

  v1::ListIntegrationsRequest list;
  list.set_page_token("from-somewhere-else");
  grpc::ClientContext list_context;
  v1::ListIntegrationsResponse listed;
  const absl::Status token =
      rpc::FromGrpc(stack_->integrations().ListIntegrations(&list_context, list, &listed));
  ASSERT_EQ(FieldsOf(token).size(), 1U) << token;
  EXPECT_EQ(FieldsOf(token)[0].field, "page_token");

  for (const std::string& nobody :
       {std::string("0190abcd-0000-7000-8000-00000000000f"), std::string("nobody")}) {
    v1::TriggerSyncRequest trigger;
    trigger.set_integration_id(nobody);
    grpc::ClientContext trigger_context;
    v1::TriggerSyncResponse triggered;
    const absl::Status missing =
        rpc::FromGrpc(stack_->syncs().TriggerSync(&trigger_context, trigger, &triggered));
    EXPECT_EQ(missing.code(), absl::StatusCode::kNotFound);
    EXPECT_EQ(ReasonOf(missing), "INTEGRATION_NOT_FOUND");
  }
}

}  // namespace
}  // namespace syncline::testing
