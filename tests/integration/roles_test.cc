// deploy/postgres/roles.sql: who may do what in the database, and that migrations and their results
// work under the roles.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "common/base/errors.h"
#include "migrations/migrations.h"
#include "tests/support/test_cluster.h"

namespace syncline::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// insufficient_privilege
constexpr char kDenied[] = "42501";

std::string RolesSql() {
  std::stringstream text;
  text << std::ifstream(SYNCLINE_ROLES_SQL).rdbuf();
  return text.str();
}

class RolesTest : public ::testing::Test {
 protected:
  void GrantAll() {
    const absl::Status granted = OpenOrDie(url_)->RunScript(RolesSql());
    ASSERT_TRUE(granted.ok()) << granted;
  }
  // A session of a login that is a member of `role` alone.
  std::unique_ptr<postgres::Connection> As(const std::string& role) {
    postgres::ConnectionOptions options;
    options.url = url_;
    options.url.replace(url_.find("postgres@"), 8, LoginAs(*OpenOrDie(url_), role));
    options.role = role;
    auto session = postgres::Connection::Open(options);
    EXPECT_TRUE(session.ok()) << session.status();
    return *std::move(session);
  }
  // The SQLSTATE of a statement; empty when it went through.
  static std::string StateOf(postgres::Connection& session, const std::string& sql) {
    const absl::Status status = session.RunScript(sql);
    return status.ok() ? "" : SqlStateOf(status).value_or(status.ToString());
  }

  std::string url_ = TestCluster::Get().NewEmptyDatabase();
};

TEST_F(RolesTest, TheMigratorMigratesAndOthersStartOnWhatItMade) {
  GrantAll();
  auto migrated = postgres::Migrate(*As("syncline_migrator"), AllMigrations());
  ASSERT_TRUE(migrated.ok()) << migrated.status();
  EXPECT_EQ(migrated->applied, static_cast<int>(AllMigrations().size()));
  GrantAll();
  GrantAll();  // again does no harm
  const auto scheduler = As("syncline_scheduler");
  const auto nothing_to_do = postgres::Migrate(*scheduler, AllMigrations());
  ASSERT_TRUE(nothing_to_do.ok()) << nothing_to_do.status();
  EXPECT_EQ(nothing_to_do->applied, 0);
  EXPECT_EQ(nothing_to_do->version, AllMigrations().back().version);
  EXPECT_EQ(StateOf(*scheduler, "SELECT syncline.extend_history('90 days')"), "");
  EXPECT_EQ(StateOf(*scheduler, "SELECT syncline.drop_old_history('90 days')"), "");
  EXPECT_EQ(QueryInt(*scheduler,
                     "SELECT count(*) FROM pg_class WHERE relname LIKE 'sync_history_2%' AND "
                     "relkind = 'r' AND relowner <> 'syncline_migrator'::regrole"),
            0);
  // The partitions that were made just now are append-only too.
  EXPECT_EQ(QueryInt(*scheduler,
                     "SELECT count(*) FROM pg_partition_tree('syncline.sync_history') "
                     "WHERE has_table_privilege(relid, 'UPDATE, DELETE, TRUNCATE')"),
            0);
}

TEST_F(RolesTest, WithoutTheRightAMissingMigrationIsAnErrorAndNotAStart) {
  GrantAll();
  const auto expect_refusal = [&] {
    const auto status = postgres::Migrate(*As("syncline_scheduler"), AllMigrations()).status();
    EXPECT_EQ(SqlStateOf(status), kDenied) << status;
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_THAT(
        std::string(status.message()),
        AllOf(StartsWith("the schema is older than this program"),
              HasSubstr("run `sync-scheduler migrate` as the migrator"), Not(HasSubstr("\n"))));
  };
  expect_refusal();
  std::vector<postgres::Migration> older = AllMigrations();
  older.pop_back();
  ASSERT_TRUE(postgres::Migrate(*As("syncline_migrator"), older).ok());
  expect_refusal();
}

// Of a release whose migrations make a table for it, and replace functions that roles.sql has made
// the owner's.
TEST_F(RolesTest, TheSchedulerMayDoItsWorkBetweenTheMigrationsAndTheRoles) {
  GrantAll();
  std::vector<postgres::Migration> before;
  for (const postgres::Migration& migration : AllMigrations()) {
    if (migration.version < 15) before.push_back(migration);
  }
  ASSERT_TRUE(postgres::Migrate(*As("syncline_migrator"), before).ok());
  GrantAll();
  ASSERT_TRUE(postgres::Migrate(*As("syncline_migrator"), AllMigrations()).ok());
  const auto scheduler = As("syncline_scheduler");
  for (const std::string sql :
       {"INSERT INTO syncline.ticks VALUES (now(), gen_random_uuid())",
        "SELECT FROM syncline.ticks FOR UPDATE SKIP LOCKED", "DELETE FROM syncline.ticks",
        "SELECT syncline.drop_old_history('90 days')", "SELECT syncline.extend_history('90 days')"})
    EXPECT_EQ(StateOf(*scheduler, sql), "") << sql;
}

TEST_F(RolesTest, AnInstallationWithoutRolesIsTakenOver) {
  ASSERT_TRUE(postgres::Migrate(*OpenOrDie(url_), AllMigrations()).ok());
  GrantAll();
  EXPECT_EQ(QueryInt(*OpenOrDie(url_),
                     "SELECT count(*) FROM pg_class WHERE relnamespace = 'syncline'::regnamespace "
                     "AND relowner <> 'syncline_migrator'::regrole"),
            0);
  // The next migration may change what was there before.
  EXPECT_EQ(StateOf(*As("syncline_migrator"), "ALTER TABLE syncline.live ADD COLUMN later text"),
            "");
}

TEST_F(RolesTest, NobodyMayDoWhatIsNotHis) {
  ASSERT_TRUE(postgres::Migrate(*OpenOrDie(url_), AllMigrations()).ok());
  GrantAll();
  const struct {
    const char* role;
    const char* sql;
    const char* state;
  } cases[] = {
      {"syncline_executor", "SELECT * FROM syncline.credentials", kDenied},
      {"syncline_executor", "SELECT sealed FROM syncline.credentials", kDenied},
      {"syncline_executor", "SELECT * FROM syncline.integrations", kDenied},
      {"syncline_executor", "SELECT * FROM syncline.sync_history", kDenied},
      {"syncline_executor", "UPDATE syncline.live SET fence = gen_random_uuid()", kDenied},
      {"syncline_executor", "UPDATE syncline.live SET process_id = gen_random_uuid()", kDenied},
      {"syncline_executor", "DELETE FROM syncline.live", kDenied},
      {"syncline_executor", "DELETE FROM syncline.records", kDenied},
      {"syncline_executor", "SELECT syncline.extend_history('1 min')", kDenied},
      {"syncline_executor", "SELECT syncline.drop_old_history('1 min')", kDenied},
      {"syncline_executor", "DELETE FROM syncline.ticks", kDenied},
      // Else whoever has a table of his own with those columns could write the queue.
      {"syncline_reader",
       "CREATE TEMP TABLE mine (LIKE syncline.integrations);"
       "CREATE TRIGGER mine AFTER DELETE ON mine FOR EACH ROW EXECUTE FUNCTION "
       "syncline.keep_tick()",
       kDenied},
      {"syncline_executor", "SET ROLE syncline_scheduler", kDenied},
      {"syncline_executor", "UPDATE syncline.live SET page_seq = 1", ""},
      {"syncline_reader", "SELECT * FROM syncline.credentials", kDenied},
      {"syncline_reader", "SELECT fence FROM syncline.live", kDenied},
      {"syncline_reader", "SELECT state, page_seq FROM syncline.live", ""},
      {"syncline_reader", "SELECT * FROM syncline.sync_logs", ""},
      {"syncline_reader", "SELECT * FROM syncline.integrations", ""},
      {"syncline_reader", "UPDATE syncline.integrations SET name = 'x'", kDenied},
      {"syncline_reader", "INSERT INTO syncline.executors SELECT * FROM syncline.executors",
       kDenied},
      {"syncline_scheduler", "SELECT * FROM syncline.credentials", ""},
      {"syncline_scheduler", "ALTER TABLE syncline.live ADD COLUMN x text", kDenied},
      {"syncline_scheduler", "CREATE TABLE syncline.x ()", kDenied},
      {"syncline_scheduler", "DROP TABLE syncline.live", kDenied},
      {"syncline_scheduler", "DELETE FROM syncline.migrations", kDenied},
      {"syncline_scheduler", "UPDATE syncline.sync_history SET status = 'SUCCESS'", kDenied},
      {"syncline_scheduler", "DELETE FROM syncline.sync_history", kDenied},
      {"syncline_scheduler", "DELETE FROM syncline.sync_history_default", kDenied},
      {"syncline_scheduler", "SELECT * FROM syncline.sync_history", ""},
  };
  for (const auto& c : cases)
    EXPECT_EQ(StateOf(*As(c.role), c.sql), c.state) << c.role << ": " << c.sql;
}

}  // namespace
}  // namespace syncline::testing
