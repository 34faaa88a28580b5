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

constexpr std::int64_t kFarAway = 366LL * 86400;

std::string Config(const std::string& tag) {
  std::string config = kLanguages;
  return config.replace(config.find("TAG"), 3, tag);
}

class AnswersTest : public ::testing::Test {
 protected:
  // Nothing is tried again while a test looks at what the first attempt came to.
  static void SetUpTestSuite() { stack_ = new Stack({.environment = {{"SYNC_RETRY_BASE", "1h"}}}); }
  static void TearDownTestSuite() {
    delete stack_;
    stack_ = nullptr;
  }
  static Stack* stack_;
};
Stack* AnswersTest::stack_ = nullptr;

TEST_F(AnswersTest, APageThatCannotBeUsedFailsTheRunWithItsClassAndPage) {
  struct Case {
    std::string kind;
    v1::ErrorClass expected;
    std::string members = "";  // of the fault, beside its kind
    std::string id = "";
  } cases[] = {{"drip", v1::TRANSIENT, R"(, "delayMs": 1000)"},
               {"html", v1::DATA},
               {"not_json", v1::DATA},
               {"truncate", v1::TRANSIENT},
               {"status", v1::TRANSIENT},
               {"bad_utf8", v1::DATA},
               {"deep_json", v1::DATA, R"(, "count": 10000)"},
               {"truncated_gzip", v1::DATA},
               {"gzip_bomb", v1::DATA},
               {"huge_body", v1::DATA, R"(, "bytes": 314572800)"},
               {"endless_headers", v1::DATA}};
  for (Case& c : cases) {
    stack_->Admin("POST", "/faults",
                  R"({"path": "/languages", "match": {"page": "3", "tag": ")" + c.kind +
                      R"("}, "kind": ")" + c.kind + "\"" + c.members + "}");
    c.id = stack_->Create(c.kind, Config(c.kind), kFarAway);
    const std::string healthy = stack_->Create("healthy beside " + c.kind, Config("healthy"));
    EXPECT_EQ(stack_->AwaitLogs(healthy, 1).status(), v1::SUCCESS) << c.kind;
  }
  for (const Case& c : cases) {
    const v1::SyncLog log = stack_->AwaitLogs(c.id, 1);
    EXPECT_EQ(log.status(), v1::FAILED) << c.kind;
    EXPECT_EQ(log.error_class(), c.expected) << c.kind << ": " << log.error_message();
    EXPECT_THAT(log.error_message(), HasSubstr("page 3")) << c.kind;
    EXPECT_EQ(log.counts().created(), 1000) << c.kind;
    EXPECT_EQ(stack_->Records(c.id, "languages").size(), 1000U) << c.kind;
  }
}

TEST_F(AnswersTest, ACursorThatNeverChangesFailsTheRunAndKeepsTheGoodPages) {
  const struct {
    const char* path;
    const char* stream;
  } cases[] = {
      {"/subdivisions",
       R"("records": "/data", "pagination": {"kind": "cursor", "cursor": "/meta/next", "param": "after"})"},
      {"/next-url/subdivisions",
       R"("records": "/items", "pagination": {"kind": "next_url", "next": "/next"})"}};
  for (const auto& c : cases) {
    const std::string path = c.path;
    stack_->Admin("POST", "/faults",
                  R"({"path": ")" + path + R"(", "skip": 2, "times": 1, "kind": "same_cursor"})");
    const std::string id = stack_->Create(
        path,
        R"({"streams": [{"name": "items", "key": ["/code"], "query": {"limit": 500}, "path": ")" +
            path + "\", " + c.stream + "}]}");
    const v1::SyncLog log = stack_->AwaitLogs(id, 1);
    EXPECT_EQ(log.status(), v1::FAILED) << path;
    EXPECT_EQ(log.error_class(), v1::DATA) << path << ": " << log.error_message();
    EXPECT_THAT(log.error_message(), HasSubstr("page 3")) << path;
    EXPECT_GE(stack_->Records(id, "items").size(), 1000U) << path;
  }
}

// Text with a NUL cannot be stored; that costs its record, not the run.
TEST_F(AnswersTest, ARecordWithANulIsRejectedCountedAndExplained) {
  stack_->Admin("POST", "/faults",
                R"({"path": "/languages", "match": {"page": "2", "tag": "nul"}, "kind": "nul"})");
  const std::string id = stack_->Create("nul", Config("nul"));
  const v1::SyncLog log = stack_->AwaitLogs(id, 1);
  EXPECT_EQ(log.status(), v1::SUCCESS) << log.error_message();
  EXPECT_EQ(log.counts().rejected(), 1);
  EXPECT_EQ(log.counts().fetched(), log.counts().created() + log.counts().rejected());
  ASSERT_EQ(log.rejected_reasons_size(), 1);
  EXPECT_THAT(log.rejected_reasons(0), HasSubstr("page 2"));
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
