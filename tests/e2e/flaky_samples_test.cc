// The samples whose upstreams misbehave, and what each comes to. The scale of retries is shortened;
// everything is judged by the database's times and by the upstream's own list of requests.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "tests/e2e/stack.h"

namespace syncline::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr double kBaseSeconds = 2;
// From a retry's time to its first page's request: the claim, and the way to the executor.
constexpr double kReactionSeconds = 1;

class FlakySamplesTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { stack_ = new Stack({.environment = {{"SYNC_RETRY_BASE", "2s"}}}); }
  static void TearDownTestSuite() {
    delete stack_;
    stack_ = nullptr;
  }

  static v1::Integration Get(const std::string& id) {
    v1::GetIntegrationRequest request;
    request.set_integration_id(id);
    grpc::ClientContext context;
    v1::Integration integration;
    const grpc::Status status =
        stack_->integrations().GetIntegration(&context, request, &integration);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return integration;
  }

  static v1::Integration AwaitDisabled(const std::string& id) {
    AwaitOrDie("the integration to be switched off",
               [&] { return Get(id).status() == v1::DISABLED; });
    return Get(id);
  }

  // The upstream's requests at `path`, oldest first.
  static nlohmann::json Requests(const std::string& path) {
    return nlohmann::json::parse(stack_->Admin("GET", "/requests?path=" + path));
  }

  static Stack* stack_;
};

Stack* FlakySamplesTest::stack_ = nullptr;

TEST_F(FlakySamplesTest, AlwaysFailingIsRetriedWithBackoffAndThenSwitchedOff) {
  const std::string id = stack_->CreateSample("always-failing");
  const v1::Integration off = AwaitDisabled(id);
  EXPECT_FALSE(off.sync_settings().sync_enabled());
  EXPECT_FALSE(off.has_next_sync_at());
  EXPECT_THAT(off.disabled_reason(), StartsWith("3 retries in a row failed"));
  EXPECT_EQ(off.retry_count(), 4);

  const auto rows = QueryOrDie(
      stack_->db(),
      "SELECT attempt, error_class, trigger, extract(epoch FROM started_at - lag(ended_at) OVER "
      "(ORDER BY attempt))::float8::text AS gap, count(*) OVER (PARTITION BY run_id) AS in_run "
      "FROM syncline.sync_history WHERE integration_id = '" +
          id + "' ORDER BY attempt");
  ASSERT_EQ(rows.size(), 4U);
  double expected = kBaseSeconds;
  for (const postgres::Row row : rows) {
    EXPECT_EQ(row.Int("in_run"), 4);
    EXPECT_EQ(row.String("error_class"), "TRANSIENT");
    if (row.Int("attempt") == 1) continue;
    EXPECT_EQ(row.String("trigger"), "RETRY");
    const double gap = std::stod(row.String("gap"));
    EXPECT_GE(gap, 0.8 * expected) << "before attempt " << row.Int("attempt");
    EXPECT_LE(gap, 1.2 * expected + kReactionSeconds) << "before attempt " << row.Int("attempt");
    expected *= 2;
  }
}

TEST_F(FlakySamplesTest, AlternatingIsNeverSwitchedOff) {
  const std::string id = stack_->CreateSample("alternating");
  EXPECT_EQ(stack_->AwaitLogs(id, 1).status(), v1::SUCCESS);
  for (int run = 1; run <= 4; ++run) {
    // The first attempt of each run meets the pass that fails; the retry succeeds.
    const v1::SyncLog last = stack_->SyncNow(id);
    EXPECT_EQ(last.status(), v1::SUCCESS) << last.error_message();
    EXPECT_EQ(last.trigger(), v1::SyncLog::RETRY);
    EXPECT_EQ(last.attempt(), 2);
    const v1::Integration integration = Get(id);
    EXPECT_TRUE(integration.sync_settings().sync_enabled());
    EXPECT_EQ(integration.retry_count(), 0);
  }
}

TEST_F(FlakySamplesTest, AWrongKeyIsTriedTwiceInAllAndThenNeedsAReconnect) {
  stack_->Admin("DELETE", "/requests");
  const std::string id = stack_->CreateSample("wrong-key");
  const v1::Integration off = AwaitDisabled(id);
  EXPECT_THAT(off.disabled_reason(), StartsWith("reconnect needed"));
  EXPECT_EQ(off.last_sync().error_class(), v1::AUTH);
  EXPECT_EQ(Requests("/countries").size(), 2U);
}

TEST_F(FlakySamplesTest, RateLimitedWaitsAsPendingAndReadsEveryPageOnce) {
  stack_->Admin("DELETE", "/requests");
  const std::string id = stack_->CreateSample("rate-limited");
  v1::SyncLog waiting;
  AwaitOrDie("the run to wait for the remote", [&] {
    waiting = Get(id).active_sync();
    return waiting.wait_reason() == v1::RATE_LIMIT;
  });
  EXPECT_EQ(waiting.status(), v1::PENDING);
  EXPECT_EQ(waiting.attempt(), 1);
  EXPECT_TRUE(waiting.has_wait_until());
  EXPECT_THAT(waiting.wait_detail(), HasSubstr("429"));
  v1::ExplainIntegrationRequest explain;
  explain.set_integration_id(id);
  grpc::ClientContext context;
  v1::ExplainIntegrationResponse explained;
  ASSERT_TRUE(stack_->diagnostics().ExplainIntegration(&context, explain, &explained).ok());
  EXPECT_THAT(explained.text(), HasSubstr("429"));
  EXPECT_THAT(explained.text(), HasSubstr("attempt 1"));

  const v1::SyncLog log = stack_->AwaitLogs(id, 1);
  EXPECT_EQ(log.status(), v1::SUCCESS) << log.error_message();
  EXPECT_EQ(log.attempt(), 1);
  EXPECT_EQ(log.counts().fetched(), log.counts().created());
  EXPECT_EQ(Get(id).retry_count(), 0);

  std::multiset<std::string> answered;
  int refused = 0;
  for (const nlohmann::json& request : Requests("/flaky/rate-limited")) {
    if (request.at("status") == 429) {
      ++refused;
    } else {
      answered.insert(request.at("query").get<std::string>());
    }
  }
  EXPECT_EQ(refused, 1);
  EXPECT_EQ(answered.size(), static_cast<std::size_t>(log.counts().pages()));
  EXPECT_EQ(std::set<std::string>(answered.begin(), answered.end()).size(), answered.size());
}

}  // namespace
}  // namespace syncline::testing
