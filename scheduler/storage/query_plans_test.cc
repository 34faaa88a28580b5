// With 100,000 integrations and 1,000,000 history rows, the statements that are hot or that people
// wait for use their indexes, also as generic plans, which is what a session settles on.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "scheduler/storage/database_fixture.h"
#include "scheduler_queries.h"

namespace syncline::scheduler {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kClaimArguments[] =
    "ARRAY[gen_random_uuid()], ARRAY[gen_random_uuid()], ARRAY['e'], ARRAY[1], ARRAY['REST'], 5000";

constexpr char kOne[] = "11111111-1111-4111-8111-111111111111";
constexpr char kOther[] = "22222222-2222-4222-8222-222222222222";

constexpr char kFinishArguments[] =
    "ARRAY[gen_random_uuid()], ARRAY[gen_random_uuid()], ARRAY[gen_random_uuid()], "
    "ARRAY[gen_random_uuid()], 0, '{0}', '{t}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', "
    "'{}'";

class QueryPlansTest : public DatabaseFixture {
 protected:
  void Fill() {
    Query("SET synchronous_commit = off");
    Query(
        "INSERT INTO syncline.integrations (name, type, tenant_id, external_id, sync_interval, "
        "next_sync_at)"
        " SELECT 'n' || n, 'REST', 't' || n % 10, 'x' || n, 3600, now() + (n - 100) * interval '30 "
        "ms'"
        " FROM generate_series(1, 100000) n");
    // Built after the rows, the indexes take a third of the time.
    std::vector<std::string> indexes;
    for (const postgres::Row row : Query(
             "SELECT indexname, replace(indexdef, ' ON ONLY ', ' ON ') AS statement FROM pg_indexes"
             " WHERE schemaname = 'syncline' AND tablename = 'sync_history'"
             " AND indexname <> 'sync_history_pkey'")) {
      indexes.push_back(row.String("statement"));
      Query("DROP INDEX syncline." + row.String("indexname"));
    }
    Query(
        "INSERT INTO syncline.sync_history (log_id, created_at, run_id, integration_id, tenant_id,"
        " attempt, trigger, status, epoch, ended_at, duration_ms, fetched, created, updated,"
        " unchanged, deleted, rejected, pages, takeovers, rejected_reasons, error_class, executor)"
        " SELECT lpad(to_hex(n), 32, '0')::uuid, now() - n * interval '1 s',"
        " lpad(to_hex(n), 32, '0')::uuid, lpad(to_hex(n % 100000), 32, '0')::uuid, 't' || n % 10,"
        " 1, 'SCHEDULE',"
        " (CASE n % 50 WHEN 0 THEN 'FAILED' ELSE 'SUCCESS' END)::syncline.sync_status,"
        " 1, now(), 10, 0, 0, 0, 0, 0, 0, 0, 0, '{}', CASE n % 50 WHEN 0 THEN 'DATA' END, ''"
        " FROM generate_series(1, 1000000) n");
    for (const std::string& statement : indexes) Query(statement);
    Query(
        "INSERT INTO syncline.live (integration_id, run_id, tenant_id, trigger, not_before)"
        " SELECT id, id, tenant_id, 'MANUAL', now() + interval '1 s' * row_number() OVER ()"
        " FROM syncline.integrations ORDER BY id LIMIT 2000");
    Query("ANALYZE syncline.integrations, syncline.live, syncline.sync_history");
    Query("SET plan_cache_mode = force_generic_plan");
  }

  std::string Plan(std::string_view sql, const std::string& arguments) {
    const std::string name = "p" + std::to_string(++plans_);
    const absl::Status prepared = db_->RunScript("PREPARE " + name + " AS " + std::string(sql));
    EXPECT_TRUE(prepared.ok()) << prepared;
    const std::string call = arguments.empty() ? name : name + "(" + arguments + ")";
    std::string plan;
    for (const postgres::Row row : Query("EXPLAIN (COSTS OFF) EXECUTE " + call))
      plan += row.String("QUERY PLAN") + "\n";
    return plan;
  }

  // Scans of whole tables that grow: integrations, and partitions of history that hold rows.
  std::string WholeScans(const std::string& plan) {
    std::string found;
    for (std::size_t at = plan.find("Seq Scan on "); at != std::string::npos;
         at = plan.find("Seq Scan on ", at + 1)) {
      const std::size_t begin = at + 12;
      const std::string table = plan.substr(begin, plan.find_first_of(" \n", begin) - begin);
      if (table == "integrations" ||
          (table.starts_with("sync_history") &&
           Int("SELECT count(*) FROM (SELECT FROM syncline." + table + " LIMIT 1) x") > 0)) {
        found += table + " ";
      }
    }
    return found;
  }

  int plans_ = 0;
};

// Else it reads, joins and sorts all that is due for the few that it takes: a third of the
// throughput.
TEST_F(QueryPlansTest, AClaimGoesThroughTheQueueInItsOrder) {
  Query("SET plan_cache_mode = force_generic_plan");
  Query("SET enable_seqscan = off");
  Query(
      "INSERT INTO syncline.integrations (name, type, sync_interval, next_sync_at)"
      " SELECT 'i', 'REST', 300, now() FROM generate_series(1, 5000)");
  const auto expect_order = [&](const char* state) {
    const std::string plan = Plan(queries::kClaimRuns, kClaimArguments);
    EXPECT_THAT(plan, HasSubstr("Index Scan using ticks_due on ticks")) << state;
    EXPECT_THAT(plan, Not(HasSubstr("Sort Key: k.due_at"))) << state << "\n" << plan;
  };
  expect_order("just filled, never analyzed");
  for (int turn = 0; turn < 10; ++turn)
    Query("UPDATE syncline.ticks SET due_at = due_at + random() * interval '1 ms'");
  Query("ANALYZE syncline.ticks, syncline.integrations");
  expect_order("mostly dead rows in no order, as beside a load");
}

// The index ends before the keys: a page must not read and sort all that follows it.
TEST_F(QueryPlansTest, APageOfTheFeedOfChangesReadsNoMoreThanItReaches) {
  Query("ALTER TABLE syncline.records SET (autovacuum_enabled = false)");
  const auto fill = [&](const char* integration, int records) {
    Query(fmt::format(
        "INSERT INTO syncline.records (integration_id, stream, key, data, hash, change_no)"
        " SELECT '{}', 's', md5(n::text), '{{}}', '', n / 1000 FROM generate_series(1, {}) n",
        integration, records));
  };
  Query("SET plan_cache_mode = force_generic_plan");
  ASSERT_TRUE(db_->RunScript("PREPARE feed AS " + std::string(queries::kListRecordChanges)).ok());
  // All that any node read, whether it passed it on or not.
  const auto expect_few = [&](const char* state) {
    for (const char* stream : {"NULL", "'s'"}) {
      std::string plan;
      std::int64_t most = 0;
      std::int64_t loops = 1;
      const auto take = [&](const std::string& line, const char* name) {
        const std::size_t at = line.find(name);
        return at == std::string::npos ? 0L : std::atol(line.c_str() + at + std::strlen(name));
      };
      for (const postgres::Row row :
           Query(fmt::format("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) EXECUTE "
                             "feed('{}', 3, 's', '8', {}, 100)",
                             kOne, stream))) {
        const std::string line = row.String("QUERY PLAN");
        plan += line + "\n";
        if (const std::int64_t its_own = take(line, "loops="); its_own > 0) loops = its_own;
        most = std::max({most, take(line, "actual rows=") * loops,
                         take(line, "Rows Removed by Filter: ") * loops});
      }
      EXPECT_GE(most, 100) << state;
      EXPECT_LE(most, 1000) << state << "\n" << plan;
    }
  };
  fill(kOne, 20000);
  expect_few("never analyzed");
  Query("ANALYZE syncline.records");
  expect_few("one integration");
  fill(kOther, 60000);
  Query("ANALYZE syncline.records");
  expect_few("one of two");
}

// Else it reads every tick, dead ones too, for each batch: twice the time of a finish.
TEST_F(QueryPlansTest, AFinishLooksForSingleTicksAlsoInAQueueThatWasEmpty) {
  Query("SET plan_cache_mode = force_generic_plan");
  Query("SET enable_seqscan = off");
  const auto expect_single = [&](const char* state) {
    const std::string plan = Plan(queries::kFinishRuns, kFinishArguments);
    EXPECT_THAT(plan, ContainsRegex("Index Cond: .*due_at = .*AND .integration_id = ")) << state;
    EXPECT_THAT(plan, Not(ContainsRegex("Scan using ticks_due on ticks [a-z]+\n *(->|$)")))
        << state << "\n"
        << plan;
  };
  expect_single("empty from the beginning");
  Query(
      "INSERT INTO syncline.integrations (name, type, sync_interval, next_sync_at)"
      " SELECT 'i', 'REST', 300, now() FROM generate_series(1, 5000)");
  Query("DELETE FROM syncline.integrations");
  Query("VACUUM (ANALYZE) syncline.ticks, syncline.integrations");
  Query(
      "INSERT INTO syncline.integrations (name, type, sync_interval, next_sync_at)"
      " SELECT 'i', 'REST', 300, now() FROM generate_series(1, 1000)");
  expect_single("vacuumed when it was empty");
}

TEST_F(QueryPlansTest, HotStatementsAndListsUseTheirIndexes) {
  Fill();
  const std::string id = "lpad('77', 32, '0')::uuid";
  const std::string page =
      "NULL, '-infinity', 'infinity', 'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 21, 980";
  const std::string all = "NULL, '-infinity', 'infinity', 10001";
  const struct {
    const char* row;
    std::string_view sql;
    std::string arguments;
    const char* index;
  } kCases[] = {
      {"claim", queries::kClaimRuns, kClaimArguments, "Index Scan using ticks_due"},
      {"what is due next", queries::kReadNextWake, "", "ticks_due"},
      {"due, counted", queries::kCountDue, "", "ticks_due"},
      {"ticks that were left behind", queries::kPruneTicks, "", "ticks_due"},
      {"active ones by state", queries::kCountLive, "", "live_held"},
      {"follow-ups, counted", queries::kCountLive, "", "live_follow_up"},
      {"renewals", queries::kRenewLeases,
       "ARRAY[gen_random_uuid()], ARRAY[gen_random_uuid()], 1000, NULL", "live_pkey"},
      {"overdue ones", queries::kReadOverdueRuns, "1000", "Index Scan using live_held"},
      {"expired ones", queries::kReapRuns, "1000", "Index Scan using live_held"},
      {"the newest of a run", queries::kReadNewestSyncLog, "'t7', " + id, "live_follow_up"},
      {"history of an integration", queries::kListSyncLogsOfIntegration,
       "'t7', " + id + ", NULL, " + page, "integration_id_created_at_log_id_idx"},
      {"with a status", queries::kListSyncLogsOfIntegration, "'t7', " + id + ", 'SUCCESS', " + page,
       "integration_id_created_at_log_id_idx"},
      {"failures of an integration", queries::kListFailedSyncLogsOfIntegration,
       "'t7', " + id + ", 'FAILED', " + page, "integration_id_created_at_log_id_tenan"},
      {"history of a tenant", queries::kListSyncLogsOfTenant, "'t7', NULL, NULL, " + page,
       "tenant_id_created_at_log_id_idx"},
      {"active ones", queries::kListActiveSyncLogs, "'t7', NULL, 'RUNNING', " + page, "live"},
      {"of a run", queries::kListSyncLogsOfRun, "'t7', NULL, NULL, " + page + ", " + id,
       "run_id_idx"},
      {"history of an integration, counted", queries::kCountSyncLogsOfIntegration,
       "'t7', " + id + ", NULL, " + all, "integration_id_created_at_log_id_idx"},
      {"failures, counted", queries::kCountFailedSyncLogsOfIntegration,
       "'t7', " + id + ", 'FAILED', " + all, "Index Only Scan"},
      {"history of a tenant, counted", queries::kCountSyncLogsOfTenant, "'t7', NULL, NULL, " + all,
       "tenant_id_created_at_log_id_idx"},
      {"active ones, counted", queries::kCountActiveSyncLogs, "'t7', NULL, 'RUNNING', " + all,
       "live"},
      {"of a run, counted", queries::kCountSyncLogsOfRun, "'t7', NULL, NULL, " + all + ", " + id,
       "run_id_idx"},
      {"one SyncLog", queries::kGetSyncLog, "'t7', " + id, "_pkey"},
      {"an integration by either id", queries::kLockIntegration, "'t7', NULL, 'x7'",
       "integrations_external_id"},
      {"integrations by name", queries::kListIntegrationIds,
       "'t7', 'n5', '00000000-0000-0000-0000-000000000000', NULL, NULL, 51",
       "integrations_by_name"},
      {"integrations by id", queries::kReadIntegrations, "'t7', ARRAY[" + id + "]",
       "integrations_pkey"},
  };
  for (const auto& c : kCases) {
    const std::string plan = Plan(c.sql, c.arguments);
    EXPECT_EQ(WholeScans(plan), "") << c.row << "\n" << plan;
    EXPECT_THAT(plan, HasSubstr(c.index)) << c.row;
  }
}

}  // namespace
}  // namespace syncline::scheduler
