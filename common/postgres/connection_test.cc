#include "common/postgres/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "common/base/errors.h"
#include "common/postgres/array.h"
#include "common/postgres/listener.h"
#include "common/postgres/pool.h"
#include "tests/support/test_cluster.h"

namespace syncline::postgres {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::OpenOrDie;
using testing::QueryInt;
using testing::QueryOrDie;
using testing::TestCluster;

ConnectionOptions Options(const std::string& url) {
  ConnectionOptions options;
  options.url = url;
  return options;
}

TEST(Connection, EveryTypeComesBack) {
  const auto connection = OpenOrDie(TestCluster::Get().NewEmptyDatabase());
  static constexpr std::string_view kEcho =
      "SELECT $1::text AS t, $2::bigint AS n, $3::boolean AS b, $4::bytea AS y, $5::text AS absent,"
      " $6::text[] AS a, '2026-01-31 12:00:00+01'::timestamptz AS at";
  const auto result = connection->Run(kEcho, Params()
                                                 .Add("it's")
                                                 .Add(-5)
                                                 .Add(true)
                                                 .Add(BytesLiteral(std::string("\0\xff", 2)))
                                                 .AddNull()
                                                 .Add(TextArray({"x", "y,z"})));
  ASSERT_TRUE(result.ok()) << result.status();
  const Row row = (*result)[0];
  EXPECT_EQ(row.Text("t"), "it's");
  EXPECT_EQ(row.Int("n"), -5);
  EXPECT_TRUE(row.Bool("b"));
  EXPECT_EQ(row.Bytes("y"), std::string("\0\xff", 2));
  EXPECT_TRUE(row.IsNull("absent"));
  EXPECT_THAT(row.Array("a"), ::testing::ElementsAre("x", "y,z"));
  EXPECT_EQ(row.Time("at"),
            absl::FromUnixSeconds(1769857200));  // though the server's zone is another
}

TEST(Connection, ErrorsHaveCodeAndSqlStateButNoValues) {
  const auto connection = OpenOrDie(TestCluster::Get().NewEmptyDatabase());
  QueryOrDie(*connection, "CREATE TABLE public.t (v text PRIMARY KEY)");
  static constexpr std::string_view kInsert = "INSERT INTO public.t VALUES ($1)";
  ASSERT_TRUE(connection->Run(kInsert, Params().Add("CANARY-1")).ok());
  const absl::Status twice = connection->Run(kInsert, Params().Add("CANARY-1")).status();
  EXPECT_EQ(twice.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(SqlStateOf(twice), "23505");
  EXPECT_THAT(twice.ToString(), Not(HasSubstr("CANARY")));
  static constexpr std::string_view kBad = "SELECT 1 / (length($1) - length($1))";
  EXPECT_EQ(SqlStateOf(connection->Run(kBad, Params().Add("x")).status()), "22012");
  EXPECT_FALSE(connection->broken());
}

TEST(Connection, AFullDiskAndAReadOnlyTargetAreOutagesAndNotFaultsOfOurs) {
  const std::string url = TestCluster::Get().NewEmptyDatabase();
  const auto connection = OpenOrDie(url);
  static constexpr std::string_view kDiskFull =
      "DO $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$";
  const absl::Status full = connection->Run(kDiskFull).status();
  EXPECT_EQ(full.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(full), "DATABASE_UNAVAILABLE");
  EXPECT_EQ(SqlStateOf(full), "53100");
  EXPECT_FALSE(connection->broken()) << "the session is as good as before";
  QueryOrDie(*connection, "SET default_transaction_read_only = on");
  static constexpr std::string_view kWrite = "CREATE TABLE public.t (v text)";
  const absl::Status read_only = connection->Run(kWrite).status();
  EXPECT_EQ(read_only.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(SqlStateOf(read_only), "25006");
  EXPECT_TRUE(connection->broken()) << "a new session may find the primary";
}

TEST(Connection, AStatementThatOverstaysIsEndedByTheServer) {
  ConnectionOptions options = Options(TestCluster::Get().NewEmptyDatabase());
  options.statement_timeout = absl::Milliseconds(50);
  auto connection = Connection::Open(options);
  ASSERT_TRUE(connection.ok());
  static constexpr std::string_view kSleep = "SELECT pg_sleep(20)";
  const absl::Status status = (*connection)->Run(kSleep).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(SqlStateOf(status), "57014");
}

TEST(Connection, ALostSessionNeverComesBackSilently) {
  const std::string url = TestCluster::Get().NewEmptyDatabase();
  const auto connection = OpenOrDie(url);
  const auto killer = OpenOrDie(url);
  static constexpr std::string_view kOne = "SELECT 1";
  ASSERT_TRUE(connection->Run(kOne).ok());
  const auto pid = QueryInt(*connection, "SELECT pg_backend_pid()");
  QueryOrDie(*killer, "SELECT pg_terminate_backend(" + std::to_string(pid) + ")");
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(connection->Run(kOne).status().code(), absl::StatusCode::kUnavailable) << i;
    EXPECT_TRUE(connection->broken());
  }
}

TEST(Connection, ARolledBackTransactionLeavesNothing) {
  const auto connection = OpenOrDie(TestCluster::Get().NewEmptyDatabase());
  QueryOrDie(*connection, "CREATE TABLE public.t (v int)");
  static constexpr std::string_view kInsert = "INSERT INTO public.t VALUES (1)";
  const absl::Status status = connection->InTransaction([](Connection& c) {
    EXPECT_TRUE(c.Run(kInsert).ok());
    return absl::CancelledError("no");
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(QueryInt(*connection, "SELECT count(*) FROM public.t"), 0);
  EXPECT_TRUE(
      connection->InTransaction([](Connection& c) { return c.Run(kInsert).status(); }).ok());
  EXPECT_EQ(QueryInt(*connection, "SELECT count(*) FROM public.t"), 1);
}

TEST(Pool, SurvivesARestartOfTheServerAndCountsIt) {
  TestCluster cluster;
  Pool pool(Options(cluster.NewEmptyDatabase()), 2);
  static constexpr std::string_view kOne = "SELECT 1 AS one";
  ASSERT_TRUE(pool.Run(kOne).ok());
  cluster.Stop(SIGINT);
  EXPECT_EQ(pool.Run(kOne).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_FALSE(pool.available());
  cluster.Start();
  absl::Status status = absl::UnavailableError("");
  while (status.code() == absl::StatusCode::kUnavailable) status = pool.Run(kOne).status();
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_TRUE(pool.available());
  EXPECT_EQ(pool.recoveries(), 1);
}

TEST(Listener, HintsAndNotesReachOthersAndItProvesItself) {
  const std::string url = TestCluster::Get().NewEmptyDatabase();
  std::mutex mutex;
  std::condition_variable heard;
  int hints = 0;
  std::vector<std::string> notes;
  std::atomic<int> own_notes = 0;
  Listener a(
      Options(url), "hints", [] {}, [&](const std::string&) { ++own_notes; });
  Listener b(
      Options(url), "hints",
      [&] {
        std::lock_guard lock(mutex);
        ++hints;
        heard.notify_all();
      },
      [&](const std::string& note) {
        std::lock_guard lock(mutex);
        notes.push_back(note);
        heard.notify_all();
      });
  while (!a.proved() || !b.proved()) std::this_thread::yield();
  std::unique_lock lock(mutex);
  const int before = hints;
  a.Hint();
  EXPECT_TRUE(heard.wait_for(lock, std::chrono::seconds(20), [&] { return hints > before; }));
  a.Tell("one two");
  EXPECT_TRUE(heard.wait_for(lock, std::chrono::seconds(20), [&] { return !notes.empty(); }));
  EXPECT_EQ(notes.at(0), "one two");
  EXPECT_EQ(own_notes, 0);
}

}  // namespace
}  // namespace syncline::postgres
