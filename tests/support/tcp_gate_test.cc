// The gate itself, with our own connections through it: what the tests of unknown fates rely on,
// and that a database that falls silent is noticed.
#include "tests/support/tcp_gate.h"

#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "tests/support/test_cluster.h"

namespace syncline::testing {
namespace {

constexpr char kInsert[] = "INSERT INTO public.things VALUES (1)";

class TcpGateTest : public ::testing::Test {
 protected:
  TcpGateTest() : gate_(TestCluster::Get().port()) {
    const std::string url = TestCluster::Get().NewEmptyDatabase();
    direct_ = OpenOrDie(url);
    EXPECT_TRUE(direct_->RunScript("CREATE TABLE public.things (n integer)").ok());
    options_.url = url;
    const std::size_t port = url.rfind(':');
    options_.url.replace(port + 1, url.find('/', port) - port - 1, std::to_string(gate_.port()));
  }

  std::unique_ptr<postgres::Connection> Open() {
    auto connection = postgres::Connection::Open(options_);
    EXPECT_TRUE(connection.ok()) << connection.status();
    return std::move(connection).value();
  }
  std::int64_t Things() { return QueryInt(*direct_, "SELECT count(*) FROM public.things"); }

  TcpGate gate_;
  postgres::ConnectionOptions options_;
  std::unique_ptr<postgres::Connection> direct_;
};

TEST_F(TcpGateTest, LetsPass) {
  const auto connection = Open();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(connection->Run(kInsert).ok());
  EXPECT_EQ(Things(), 3);
  // More than any buffer on the way.
  const auto large = connection->Run("SELECT repeat('x', 20000000) AS text");
  ASSERT_TRUE(large.ok()) << large.status();
  EXPECT_EQ((*large)[0].Text("text").size(), 20'000'000U);
  EXPECT_EQ(gate_.cuts(), 0);
}

TEST_F(TcpGateTest, CutsTheAnswerOfWhatIsCommitted) {
  const auto connection = Open();
  ASSERT_TRUE(connection->Run(kInsert).ok());
  gate_.CutAt("INTO public.things", TcpGate::Cut::kAnswer);
  EXPECT_TRUE(connection->Run("SELECT 1").ok()) << "another statement passes";
  const auto cut = connection->Run(kInsert);
  EXPECT_EQ(cut.status().code(), absl::StatusCode::kUnavailable) << cut.status();
  EXPECT_TRUE(connection->broken());
  EXPECT_EQ(Things(), 2);
  EXPECT_EQ(gate_.cuts(), 1);
  EXPECT_TRUE(Open()->Run(kInsert).ok()) << "one cut was asked for";
}

TEST_F(TcpGateTest, CutsTheAnswerOfACommit) {
  const auto connection = Open();
  gate_.CutAt("COMMIT", TcpGate::Cut::kAnswer);
  const absl::Status status = connection->InTransaction(
      [](postgres::Connection& inside) { return inside.Run(kInsert).status(); });
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_EQ(Things(), 1);
}

TEST_F(TcpGateTest, CutsARequestBeforeItArrives) {
  const auto connection = Open();
  ASSERT_TRUE(connection->Run(kInsert).ok());
  gate_.CutAt("INTO public.things", TcpGate::Cut::kRequest);
  const auto cut = connection->Run(kInsert);
  EXPECT_EQ(cut.status().code(), absl::StatusCode::kUnavailable) << cut.status();
  EXPECT_EQ(Things(), 1);
}

TEST_F(TcpGateTest, ASilentDatabaseIsNoticedSoonAfterTheStatementsTimeout) {
  options_.statement_timeout = absl::Seconds(1);
  const auto connection = Open();
  ASSERT_TRUE(connection->Run(kInsert).ok());
  gate_.SetBlackHole(true);
  const absl::Time start = absl::Now();
  const auto silent = connection->Run(kInsert);
  EXPECT_EQ(silent.status().code(), absl::StatusCode::kUnavailable) << silent.status();
  EXPECT_LT(absl::Now() - start, absl::Seconds(5));
  gate_.SetBlackHole(false);
  EXPECT_TRUE(Open()->Run(kInsert).ok());
}

}  // namespace
}  // namespace syncline::testing
