#include "common/http/ops_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

namespace syncline {
namespace {

using ::testing::HasSubstr;

TEST(OpsServer, SaysWhetherItLivesAndWhetherItIsReady) {
  Metrics metrics("syncline_test");
  auto& jobs = metrics.Counter("syncline_test_jobs_total", "Jobs.");
  metrics.OnScrape([&] { jobs.Increment(2); });
  std::string problem;
  auto ops = OpsServer::Start("127.0.0.1:0", &metrics, [&] { return problem; });
  ASSERT_TRUE(ops.ok()) << ops.status();
  httplib::Client client("127.0.0.1", (*ops)->port());
  EXPECT_EQ(client.Get("/healthz")->status, 200);
  EXPECT_EQ(client.Get("/readyz")->status, 200);
  EXPECT_THAT(client.Get("/metrics")->body, HasSubstr("syncline_test_jobs_total 2"));
  EXPECT_THAT(client.Get("/metrics")->body, HasSubstr("syncline_test_build_info{version="));
  problem = "database away";
  const auto away = client.Get("/readyz");
  EXPECT_EQ(away->status, 503);
  EXPECT_EQ(away->body, "database away\n");
}

TEST(OpsServer, ATakenPortIsAClearError) {
  Metrics metrics("syncline_test");
  auto first = OpsServer::Start("127.0.0.1:0", &metrics, [] { return ""; });
  ASSERT_TRUE(first.ok());
  const std::string address = "127.0.0.1:" + std::to_string((*first)->port());
  auto second = OpsServer::Start(address, &metrics, [] { return ""; });
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(address));
}

}  // namespace
}  // namespace syncline
