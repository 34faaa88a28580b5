#include "common/http/health_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <future>

#include "common/base/clock.h"
#include "common/http/ops_server.h"
#include "tests/support/test_authority.h"

namespace syncline {
namespace {

using ::testing::HasSubstr;

struct Checked {
  int status;
  std::string said;
};

Checked Check(const std::string& listen, bool tls = false) {
  ::testing::internal::CaptureStdout();
  const int status = CheckHealth(listen, tls);
  std::fflush(stdout);
  return {status, ::testing::internal::GetCapturedStdout()};
}

TEST(HealthCheck, SaysWhatReadyzSays) {
  Metrics metrics("syncline_test");
  std::string problem;
  const auto ops = OpsServer::Start("0.0.0.0:0", &metrics, [&] { return problem; }).value();
  const std::string listen = "0.0.0.0:" + std::to_string(ops->port());
  const Checked ready = Check(listen);
  EXPECT_EQ(ready.status, 0);
  EXPECT_EQ(ready.said, "ready\n");
  problem = "the database is away";
  const Checked away = Check(listen);
  EXPECT_EQ(away.status, 1);
  EXPECT_EQ(away.said, "not ready: the database is away\n");
}

TEST(HealthCheck, NobodyThereIsOneLine) {
  int port = 0;
  {
    Metrics metrics("syncline_test");
    port = OpsServer::Start("127.0.0.1:0", &metrics, [] { return ""; }).value()->port();
  }
  const Checked checked = Check("127.0.0.1:" + std::to_string(port));
  EXPECT_EQ(checked.status, 1);
  EXPECT_THAT(checked.said, HasSubstr("not ready: no answer"));
  EXPECT_EQ(std::count(checked.said.begin(), checked.said.end(), '\n'), 1) << checked.said;
}

TEST(HealthCheck, ASilentProgramIsNotWaitedForLong) {
  Metrics metrics("syncline_test");
  std::promise<void> end;
  const auto ops = OpsServer::Start("127.0.0.1:0", &metrics, [released = end.get_future().share()] {
                     released.wait();
                     return "";
                   }).value();
  const auto start = std::chrono::steady_clock::now();
  const Checked checked = Check("127.0.0.1:" + std::to_string(ops->port()));
  const auto took = std::chrono::steady_clock::now() - start;
  end.set_value();
  EXPECT_EQ(checked.status, 1);
  // 2.8 s and what a busy machine adds; a program that is waited for without a limit never answers.
  EXPECT_LT(took, std::chrono::seconds(15));
}

TEST(HealthCheck, AsksOverTls) {
  const SteadyClock clock;
  const testing::TestAuthority authority;
  const testing::CertificateFiles files(authority.Issue("DNS:sync-scheduler"));
  Metrics metrics("syncline_test");
  const auto ops = OpsServer::Start(
                       "127.0.0.1:0", &metrics, [] { return ""; },
                       tls::ServerIdentity::Open(files.certificate(), files.key(), &clock).value())
                       .value();
  const std::string listen = "127.0.0.1:" + std::to_string(ops->port());
  EXPECT_EQ(Check(listen, /*tls=*/true).status, 0);
  EXPECT_EQ(Check(listen, /*tls=*/false).status, 1);
}

}  // namespace
}  // namespace syncline
