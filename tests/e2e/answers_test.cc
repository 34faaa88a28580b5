// Answers that cannot be used: the run fails with its class and page, good pages stay, other runs
// go on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/stack.h"

namespace syncline::testing {
namespace {

using ::testing::HasSubstr;

constexpr char kLanguages[] =
    R"({"streams": [{"name": "languages", "path": "/languages", "query": {"tag": "TAG"},
  "records": "/data", "key": ["/alpha_3"],
  "pagination": {"kind": "page", "sizeParam": "per_page", "size": 500, "totalPages": "/totalPages"}}]})";

std::string Config(const std::string& tag) {
  std::string config = kLanguages;
  return config.replace(config.find("TAG"), 3, tag);
}

class AnswersTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { stack_ = new Stack; }
  static void TearDownTestSuite() {
    delete stack_;
    stack_ = nullptr;
  }
  static Stack* stack_;
};
Stack* AnswersTest::stack_ = nullptr;

TEST_F(AnswersTest, APageThatCannotBeUsedFailsTheRunWithItsClassAndPage) {
  const struct {
    const char* kind;
    v1::ErrorClass expected;
  } cases[] = {{"html", v1::DATA},
               {"not_json", v1::DATA},
               {"truncate", v1::TRANSIENT},
               {"status", v1::TRANSIENT},
               {"bad_utf8", v1::DATA}};
  for (const auto& c : cases) {
    const std::string tag = c.kind;
    stack_->Admin("POST", "/faults",
                  R"({"path": "/languages", "match": {"page": "3", "tag": ")" + tag +
                      R"("}, "kind": ")" + tag + R"("})");
    const std::string id = stack_->Create(tag, Config(tag));
    const std::string healthy = stack_->Create("healthy beside " + tag, Config("healthy"));
    const v1::SyncLog log = stack_->AwaitLogs(id, 1);
    EXPECT_EQ(log.status(), v1::FAILED) << tag;
    EXPECT_EQ(log.error_class(), c.expected) << tag << ": " << log.error_message();
    EXPECT_THAT(log.error_message(), HasSubstr("page 3")) << tag;
    EXPECT_EQ(log.counts().created(), 1000) << tag;
    EXPECT_EQ(stack_->Records(id, "languages").size(), 1000U) << tag;
    EXPECT_EQ(stack_->AwaitLogs(healthy, 1).status(), v1::SUCCESS) << tag;
  }
}

TEST_F(AnswersTest, ARecordWithoutItsKeyIsRejectedCountedAndExplained) {
  stack_->Admin(
      "POST", "/faults",
      R"({"path": "/languages", "match": {"page": "2", "tag": "drop"}, "kind": "drop_key", "count": 3})");
  const std::string id = stack_->Create("drop", Config("drop"));
  const v1::SyncLog log = stack_->AwaitLogs(id, 1);
  EXPECT_EQ(log.status(), v1::SUCCESS) << log.error_message();
  EXPECT_EQ(log.counts().rejected(), 3);
  EXPECT_EQ(log.counts().fetched(), log.counts().created() + log.counts().rejected());
  ASSERT_GE(log.rejected_reasons_size(), 1);
  EXPECT_THAT(log.rejected_reasons(0), HasSubstr("/alpha_3"));
}

TEST_F(AnswersTest, AWrongKeyIsAuthAndIsNotShown) {
  const std::string id = stack_->CreateSample("countries");
  stack_->AwaitLogs(id, 1);
  v1::UpdateIntegrationRequest update;
  update.mutable_integration()->set_id(id);
  (*update.mutable_integration()->mutable_credentials())["apiKey"] = "CANARY-wrong";
  update.mutable_update_mask()->add_paths("credentials");
  grpc::ClientContext context;
  v1::Integration updated;
  const grpc::Status status = stack_->integrations().UpdateIntegration(&context, update, &updated);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_THAT(updated.ShortDebugString(), ::testing::Not(HasSubstr("CANARY")));
  stack_->Trigger(id);
  const v1::SyncLog log = stack_->AwaitLogs(id, 2);
  EXPECT_EQ(log.error_class(), v1::AUTH);
  EXPECT_EQ(log.http_status(), 401);
  EXPECT_THAT(log.ShortDebugString(), ::testing::Not(HasSubstr("CANARY")));
}

TEST_F(AnswersTest, ARateLimitIsAWaitThatGoesOnFromItsCheckpoint) {
  stack_->Admin(
      "POST", "/faults",
      R"({"path": "/languages", "match": {"page": "3", "tag": "limit"}, "kind": "retry_after", "retryAfter": "1", "times": 1})");
  const std::string id = stack_->Create("limit", Config("limit"));
  const v1::SyncLog log = stack_->AwaitLogs(id, 1);
  EXPECT_EQ(log.status(), v1::SUCCESS) << log.error_message();
  EXPECT_EQ(log.attempt(), 1);
  EXPECT_EQ(log.counts().created(), log.counts().fetched());
  EXPECT_EQ(QueryInt(stack_->db(),
                     "SELECT count(*) FROM syncline.sync_logs WHERE integration_id = '" + id + "'"),
            1);
}

}  // namespace
}  // namespace syncline::testing
