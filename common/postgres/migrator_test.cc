#include "common/postgres/migrator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "migrations/migrations.h"
#include "tests/support/test_cluster.h"

namespace syncline::postgres {
namespace {

using ::testing::HasSubstr;
using testing::OpenOrDie;
using testing::QueryInt;
using testing::TestCluster;

TEST(Migrator, ManyProcessesStartTogetherAndOneApplies) {
  const std::string url = TestCluster::Get().NewEmptyDatabase();
  std::atomic<int> applied = 0;
  std::vector<std::thread> starters;
  for (int i = 0; i < 12; ++i) {
    starters.emplace_back([&] {
      const auto result = Migrate(*OpenOrDie(url), AllMigrations());
      ASSERT_TRUE(result.ok()) << result.status();
      applied += result->applied;
      EXPECT_EQ(result->version, AllMigrations().back().version);
    });
  }
  for (std::thread& starter : starters) starter.join();
  EXPECT_EQ(applied, static_cast<int>(AllMigrations().size()));
}

TEST(Migrator, NumbersHaveNoGaps) {
  int expected = 1;
  for (const Migration& migration : AllMigrations()) EXPECT_EQ(migration.version, expected++);
}

TEST(Migrator, ANewerDatabaseIsLeftAlone) {
  const std::string url = TestCluster::Get().NewEmptyDatabase();
  const auto connection = OpenOrDie(url);
  std::vector<Migration> newer = {{1, "a", "CREATE TABLE syncline.a ()"},
                                  {2, "b", "CREATE TABLE syncline.b ()"}};
  ASSERT_TRUE(Migrate(*connection, newer).ok());
  newer.pop_back();
  const auto older_build = Migrate(*connection, newer);
  ASSERT_TRUE(older_build.ok()) << older_build.status();
  EXPECT_EQ(older_build->applied, 0);
  EXPECT_EQ(older_build->version, 2);
}

TEST(Migrator, AChangedMigrationIsRefused) {
  const auto connection = OpenOrDie(TestCluster::Get().NewEmptyDatabase());
  ASSERT_TRUE(Migrate(*connection, {{1, "a", "CREATE TABLE syncline.a ()"}}).ok());
  const auto changed = Migrate(*connection, {{1, "a", "CREATE TABLE syncline.a (x int)"}});
  EXPECT_EQ(changed.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(changed.status().message()), HasSubstr("0001_a"));
}

TEST(Migrator, AFailingMigrationLeavesNothingOfItself) {
  const auto connection = OpenOrDie(TestCluster::Get().NewEmptyDatabase());
  const auto failed = Migrate(*connection, {{1, "a", "CREATE TABLE syncline.a ()"},
                                            {2, "b", "CREATE TABLE syncline.b (); SELECT 1/0"}});
  EXPECT_FALSE(failed.ok());
  EXPECT_EQ(*SchemaVersion(*connection), 1);
  EXPECT_EQ(QueryInt(*connection, "SELECT (to_regclass('syncline.b') IS NULL)::int"), 1);
}

}  // namespace
}  // namespace syncline::postgres
