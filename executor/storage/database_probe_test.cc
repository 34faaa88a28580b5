#include "executor/storage/database_probe.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <thread>

#include "absl/time/clock.h"
#include "tests/support/tcp_gate.h"
#include "tests/support/test_cluster.h"

namespace syncline::executor {
namespace {

using testing::TcpGate;
using testing::TestCluster;

postgres::ConnectionOptions Through(const TcpGate& gate, const std::string& url) {
  postgres::ConnectionOptions options;
  options.url =
      fmt::format("postgresql://postgres@127.0.0.1:{}{}", gate.port(), url.substr(url.rfind('/')));
  return options;
}

TEST(DatabaseProbeTest, WantsAServerWithOurTables) {
  TcpGate gate(TestCluster::Get().port());
  DatabaseProbe probe(Through(gate, TestCluster::Get().NewDatabase()));
  EXPECT_TRUE(probe.Check().ok());
  DatabaseProbe empty(Through(gate, TestCluster::Get().NewEmptyDatabase()));
  EXPECT_FALSE(empty.Check().ok());
  postgres::ConnectionOptions nobody;
  nobody.url = "postgresql://postgres@127.0.0.1:1/none";
  EXPECT_EQ(DatabaseProbe(nobody).Check().code(), absl::StatusCode::kUnavailable);
}

TEST(DatabaseProbeTest, ASilentServerEndsEveryCallThatWaitsForIt) {
  TcpGate gate(TestCluster::Get().port());
  postgres::ConnectionOptions options = Through(gate, TestCluster::Get().NewDatabase());
  DatabaseProbe probe(options);
  ASSERT_TRUE(probe.Check().ok());
  options.statement_timeout = absl::Minutes(2);
  auto waiting = postgres::Connection::Open(options);
  ASSERT_TRUE(waiting.ok());
  gate.SetBlackHole(true);
  const absl::Time silent = absl::Now();
  absl::Status page;
  std::thread writer([&] { page = (*waiting)->Run("SELECT 1").status(); });
  EXPECT_EQ(probe.Check().code(), absl::StatusCode::kUnavailable);
  writer.join();
  EXPECT_EQ(page.code(), absl::StatusCode::kUnavailable) << page;
  EXPECT_LT(absl::Now() - silent, absl::Seconds(10));
  gate.SetBlackHole(false);
  EXPECT_TRUE(probe.Check().ok());
}

TEST(DatabaseProbeTest, AnErrorThatTheServerAnswersCutsNobody) {
  TcpGate gate(TestCluster::Get().port());
  const std::string url = TestCluster::Get().NewDatabase();
  const auto locker = testing::OpenOrDie(url);
  DatabaseProbe probe(Through(gate, url));
  auto waiting = postgres::Connection::Open(Through(gate, url));
  ASSERT_TRUE(waiting.ok());
  absl::Status sleeper;
  std::thread thread([&] { sleeper = (*waiting)->Run("SELECT pg_sleep(5)").status(); });
  ASSERT_TRUE(locker->RunScript("BEGIN; LOCK TABLE syncline.live").ok());
  EXPECT_EQ(probe.Check().code(), absl::StatusCode::kAborted);
  ASSERT_TRUE(locker->RunScript("COMMIT").ok());
  EXPECT_TRUE(probe.Check().ok());
  thread.join();
  EXPECT_TRUE(sleeper.ok()) << sleeper;
}

}  // namespace
}  // namespace syncline::executor
