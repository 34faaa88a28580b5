#include "scheduler/storage/sync_journal_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "common/base/errors.h"
#include "common/base/ids.h"
#include "scheduler/storage/database_fixture.h"
#include "scheduler/storage/fleet_store.h"
#include "scheduler/storage/integration_store.h"

namespace syncline::scheduler {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class SyncJournalStoreTest : public DatabaseFixture {
 protected:
  SyncJournalStoreTest() : journal_(&pool_), integrations_(&pool_) {}

  std::string AddIntegration(const std::string& external_id, const std::string& tenant = "") {
    NewIntegration given;
    given.name = external_id;
    given.external_id = external_id;
    given.tenant_id = tenant;
    given.type = "REST";
    given.config_json = "{}";
    given.settings.interval.reset();
    return integrations_.Create(given)->id;
  }

  // `count` ended attempts, the newest `age` seconds old and each 10 s older than the one before;
  // every third failed.
  void AddHistory(const std::string& id, int count, int age, const std::string& tenant = "") {
    Query(
        "INSERT INTO syncline.sync_history (log_id, created_at, run_id, integration_id, tenant_id, "
        "attempt, trigger, status,"
        " epoch, ended_at, duration_ms, fetched, created, updated, unchanged, deleted, rejected, "
        "pages, takeovers,"
        " rejected_reasons, error_class, executor)"
        " SELECT gen_random_uuid(), now() - (" +
        std::to_string(age) + " + n * 10) * interval '1 s', gen_random_uuid(), '" + id + "', '" +
        tenant +
        "', 1, 'SCHEDULE',"
        " (CASE n % 3 WHEN 0 THEN 'FAILED' ELSE 'SUCCESS' END)::syncline.sync_status, 1, now(), 5, "
        "n, n, 0, 0, 0, 0, 1, 0,"
        " '{}', CASE n % 3 WHEN 0 THEN 'DATA' END, 'e' FROM generate_series(0, " +
        std::to_string(count - 1) + ") n");
  }

  static SyncLogQuery Of(const std::string& integration_id, const std::string& status = "",
                         const std::string& trigger = "", const std::string& run_id = "") {
    SyncLogQuery query;
    query.integration_id = integration_id;
    query.status = status;
    query.trigger = trigger;
    query.run_id = run_id;
    return query;
  }

  std::vector<SyncLog> List(const SyncLogQuery& query) {
    auto logs = journal_.ListLogs(query);
    EXPECT_TRUE(logs.ok()) << logs.status();
    return logs.ok() ? *logs : std::vector<SyncLog>();
  }

  static void Advance(SyncLogQuery& query, const std::vector<SyncLog>& page) {
    query.after_created_at = page.back().created_at;
    query.after_id = page.back().id;
  }

  SyncJournalStore journal_;
  IntegrationStore integrations_;
};

TEST_F(SyncJournalStoreTest, ATriggerAnswersWithTheRunsNewestLog) {
  const std::string id = AddIntegration("crm");
  const auto first = journal_.Trigger({{"", "crm"}, "r1", false});
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_FALSE(first->joined);
  ASSERT_TRUE(first->log.has_value());
  EXPECT_EQ(first->log->run_id, first->run_id);
  EXPECT_EQ(first->log->integration_id, id);
  EXPECT_EQ(first->log->status, "PENDING");
  EXPECT_EQ(first->log->trigger, "MANUAL");
  EXPECT_EQ(first->log->wait_reason, "SLOT");
  Query(
      "UPDATE syncline.live SET wait_reason = 'RATE_LIMIT', wait_detail = 'Retry-After', "
      "started_at = now(),"
      " not_before = now() + interval '1 hour'");
  const auto joined = journal_.Trigger({{"", id}, "r2", false});
  EXPECT_TRUE(joined->joined);
  EXPECT_EQ(joined->run_id, first->run_id);
  EXPECT_EQ(joined->log->wait_reason, "RATE_LIMIT");
  EXPECT_TRUE(joined->log->wait_until.has_value());
  const auto reserved = journal_.Trigger({{"", id}, "r3", true});
  EXPECT_TRUE(reserved->joined);
  EXPECT_NE(reserved->run_id, first->run_id);
  EXPECT_EQ(reserved->log->wait_reason, "AFTER_CURRENT_RUN");
  EXPECT_EQ(ReasonOf(journal_.Trigger({{"t2", id}, "r4", false}).status()),
            "INTEGRATION_NOT_FOUND");
}

TEST_F(SyncJournalStoreTest, ListsLiveHistoryAndReservedAsOneNewestFirst) {
  const std::string id = AddIntegration("crm");
  AddHistory(id, 5, 100);
  ASSERT_TRUE(journal_.Trigger({{"", id}, "r1", false}).ok());
  Query(
      "UPDATE syncline.live SET started_at = now(), created_at = now() - interval '115 s'");  // among
                                                                                              // the
                                                                                              // history
  ASSERT_TRUE(journal_.Trigger({{"", id}, "r2", true}).ok());
  SyncLogQuery query;
  query.integration_id = "crm";
  query.limit = 3;
  std::vector<SyncLog> seen;
  for (std::vector<SyncLog> page = List(query); !page.empty(); page = List(query)) {
    EXPECT_LE(page.size(), 3U);
    seen.insert(seen.end(), page.begin(), page.end());
    Advance(query, page);
  }
  ASSERT_THAT(seen, SizeIs(7));
  EXPECT_EQ(seen[0].wait_reason, "AFTER_CURRENT_RUN");
  EXPECT_EQ(seen[3].status, "PENDING");
  for (std::size_t i = 1; i < seen.size(); ++i)
    EXPECT_GT(seen[i - 1].created_at, seen[i].created_at) << i;
}

TEST_F(SyncJournalStoreTest, PagesStayStableWhileRowsComeInAndRunsEnd) {
  const std::string id = AddIntegration("crm");
  AddHistory(id, 6, 100);
  SyncLogQuery query;
  query.integration_id = id;
  const std::vector<SyncLog> all = List(query);
  query.limit = 2;
  std::vector<std::string> seen;
  for (std::vector<SyncLog> page = List(query); !page.empty(); page = List(query)) {
    for (const SyncLog& log : page) seen.push_back(log.id);
    Advance(query, page);
    AddHistory(id, 1, 0);  // a newer one
  }
  std::vector<std::string> expected;
  for (const SyncLog& log : all) expected.push_back(log.id);
  EXPECT_EQ(seen, expected);
}

TEST_F(SyncJournalStoreTest, SkippingIsLeavingOutWhatAPageWithoutItBeginsWith) {
  const std::string id = AddIntegration("crm");
  AddHistory(id, 30, 100);
  ASSERT_TRUE(journal_.Trigger({{"", id}, "r1", false}).ok());
  Query("UPDATE syncline.live SET started_at = now(), created_at = now() - interval '155 s'");
  ASSERT_TRUE(journal_.Trigger({{"", id}, "r2", true}).ok());
  const std::string run = Text("SELECT run_id FROM syncline.live");
  for (SyncLogQuery query : {Of(id), Of(""), Of(id, "FAILED"), Of(id, "PENDING"), Of("", "FAILED"),
                             Of("", "PENDING"), Of("", "", "", run)}) {
    SCOPED_TRACE(query.integration_id + " " + query.status + " " + query.run_id);
    query.limit = 1000;
    const std::vector<SyncLog> all = List(query);
    ASSERT_FALSE(all.empty());
    for (const int skip : {0, 1, 7, 29, 40}) {
      for (const bool from_token : {false, true}) {
        query.limit = 4;
        query.skip = skip;
        query.after_id.clear();
        std::size_t begin = static_cast<std::size_t>(skip);
        if (from_token) {
          Advance(query, {all[0]});
          ++begin;
        }
        std::vector<std::string> expected;
        for (std::size_t i = begin; i < std::min(begin + 4, all.size()); ++i)
          expected.push_back(all[i].id);
        std::vector<std::string> seen;
        for (const SyncLog& log : List(query)) seen.push_back(log.id);
        EXPECT_EQ(seen, expected) << skip << (from_token ? " from a token" : "");
      }
    }
  }
}

TEST_F(SyncJournalStoreTest, TotalsAreExactUpToTenThousand) {
  const std::string id = AddIntegration("crm");
  AddHistory(id, 9'999, 100);
  ASSERT_TRUE(journal_.Trigger({{"", id}, "r1", false}).ok());
  ListTotal total = *journal_.CountLogs(Of(id));
  EXPECT_EQ(total.count, 10'000);
  EXPECT_FALSE(total.lower_bound);
  AddHistory(id, 1, 50);
  for (const SyncLogQuery& query : {Of("crm"), Of("")}) {
    total = *journal_.CountLogs(query);
    EXPECT_EQ(total.count, 10'000);
    EXPECT_TRUE(total.lower_bound);
  }
  EXPECT_EQ(journal_.CountLogs(Of(id, "FAILED"))->count, 3'334);
  EXPECT_EQ(journal_.CountLogs(Of(NewRandomUuid()))->count, 0);
}

TEST_F(SyncJournalStoreTest, EveryFilterAloneAndOfWholeTenants) {
  const std::string a = AddIntegration("a");
  const std::string b = AddIntegration("b");
  const std::string foreign = AddIntegration("c", "t2");
  AddHistory(a, 9, 100);
  AddHistory(b, 3, 1000);
  AddHistory(foreign, 2, 100, "t2");
  ASSERT_TRUE(journal_.Trigger({{"", a}, "r1", false}).ok());
  const std::string run =
      Text("SELECT run_id FROM syncline.sync_history WHERE integration_id = '" + b + "' LIMIT 1");
  SyncLogQuery foreign_tenant;
  foreign_tenant.tenant_id = "t2";
  SyncLogQuery recent;
  recent.created_from = absl::Now() - absl::Seconds(500);
  SyncLogQuery old;
  old.created_before = absl::Now() - absl::Seconds(500);
  const struct {
    const char* row;
    SyncLogQuery query;
    std::size_t found;
  } kCases[] = {
      {"tenant", Of(""), 13},
      {"integration", Of(a), 10},
      {"failed", Of(a, "FAILED"), 3},
      {"succeeded", Of(a, "SUCCESS"), 6},
      {"pending", Of(a, "PENDING"), 1},
      {"pending elsewhere", Of(b, "PENDING"), 0},
      {"failed in the tenant", Of("", "FAILED"), 4},
      {"pending in the tenant", Of("", "PENDING"), 1},
      {"running in the tenant", Of("", "RUNNING"), 0},
      {"trigger", Of(a, "", "MANUAL"), 1},
      {"run", Of("", "", "", run), 1},
      {"run of another integration", Of(a, "", "", run), 0},
      {"foreign tenant", foreign_tenant, 2},
      {"created from", recent, 10},
      {"created before", old, 3},
  };
  for (auto c : kCases) {
    EXPECT_THAT(List(c.query), SizeIs(c.found)) << c.row;
    c.query.limit = 1;  // the total is that of all pages, from wherever it is asked
    c.query.skip = 1;
    if (c.found > 1) Advance(c.query, List(c.query));
    const auto total = journal_.CountLogs(c.query);
    ASSERT_TRUE(total.ok()) << total.status();
    EXPECT_EQ(total->count, c.found) << c.row;
    EXPECT_FALSE(total->lower_bound) << c.row;
  }
}

TEST_F(SyncJournalStoreTest, HistoryOutlivesItsIntegration) {
  const std::string id = AddIntegration("crm");
  AddHistory(id, 2, 0);
  ASSERT_TRUE(integrations_.Delete({"", id}, 0).ok());
  while (*integrations_.PurgeDeleted(100)) {
  }
  SyncLogQuery query;
  query.integration_id = id;
  const std::vector<SyncLog> logs = List(query);
  ASSERT_THAT(logs, SizeIs(2));
  EXPECT_EQ(journal_.GetLog("", logs[0].id)->id, logs[0].id);
  EXPECT_EQ(ReasonOf(journal_.GetLog("t2", logs[0].id).status()), "SYNC_LOG_NOT_FOUND");
  query.status = "RUNNING";
  EXPECT_THAT(List(query), IsEmpty());
  query.tenant_id = "t2";
  EXPECT_EQ(ReasonOf(journal_.ListLogs(query).status()), "INTEGRATION_NOT_FOUND");
  query = Of(NewRandomUuid());
  EXPECT_EQ(ReasonOf(journal_.ListLogs(query).status()), "INTEGRATION_NOT_FOUND");
  query = Of("crm");
  EXPECT_EQ(ReasonOf(journal_.ListLogs(query).status()), "INTEGRATION_NOT_FOUND");
}

class RecordsTest : public SyncJournalStoreTest {
 protected:
  RecordsTest() : id_(AddIntegration("crm")) {
    Query(
        "INSERT INTO syncline.records (integration_id, stream, key, data, hash, change_no, "
        "deleted_at)"
        " SELECT '" +
        id_ +
        "', s, k, jsonb_build_object('k', k), '\\x00', c, CASE WHEN d THEN now() END FROM (VALUES"
        " ('a', '', 1, false), ('a', 'k1', 1, false), ('a', 'k2', 4, true), ('a', 'x%', 2, false),"
        " ('b', 'k1', 3, false), ('b', 'k3', 3, false)) AS v (s, k, c, d)");
  }

  static RecordQuery ByKey(const std::string& stream = "", const std::string& prefix = "") {
    RecordQuery query;
    query.stream = stream;
    query.key_prefix = prefix;
    return query;
  }
  static RecordQuery Since(std::int64_t change_no, const std::string& stream = "") {
    RecordQuery query = ByKey(stream);
    query.changed_after = change_no;
    return query;
  }

  // Every page of the query as "stream/key", a deleted one with "-".
  std::string All(RecordQuery query) {
    query.integration = {"", "crm"};
    query.limit = 2;
    std::string all;
    for (auto page = journal_.ListRecords(query); page.ok() && !page->empty();
         page = journal_.ListRecords(query)) {
      for (const Record& record : *page)
        all += record.stream + "/" + record.key + (record.deleted ? "- " : " ");
      query.after_change_no = page->back().change_no;
      query.after_stream = page->back().stream;
      query.after_key = page->back().key;
    }
    return all;
  }

  const std::string id_;
};

TEST_F(RecordsTest, ByKeyAndByChange) {
  EXPECT_EQ(All(ByKey()), "a/ a/k1 a/x% b/k1 b/k3 ");
  EXPECT_EQ(All(ByKey("a")), "a/ a/k1 a/x% ");
  EXPECT_EQ(All(ByKey("", "k")), "a/k1 b/k1 b/k3 ");
  EXPECT_EQ(All(ByKey("a", "x%")), "a/x% ");
  EXPECT_EQ(All(Since(0)), "a/ a/k1 a/x% b/k1 b/k3 a/k2- ");
  EXPECT_EQ(All(Since(2)), "b/k1 b/k3 a/k2- ");
  EXPECT_EQ(All(Since(1, "a")), "a/x% a/k2- ");
  EXPECT_EQ(All(Since(4)), "");
  RecordQuery query = ByKey("b");
  query.integration = {"", id_};
  EXPECT_EQ(journal_.ListRecords(query)->at(0).data_json, R"({"k": "k1"})");
  query.integration.tenant_id = "t2";
  EXPECT_EQ(ReasonOf(journal_.ListRecords(query).status()), "INTEGRATION_NOT_FOUND");
}

TEST_F(SyncJournalStoreTest, TheFleetAndItsQueueInFigures) {
  FleetStore fleet(&pool_);
  EXPECT_EQ(fleet.Queue(absl::Seconds(30))->executors, 0);
  Query(
      "INSERT INTO syncline.executors (process_id, name, version, slots, busy, draining, "
      "connector_types, started_at, last_heard)"
      " VALUES (gen_random_uuid(), 'old', '1', 64, 3, false, '{REST}', now() - interval '2 h', "
      "now() - interval '61 min'),"
      " (gen_random_uuid(), 'silent', '1', 64, 3, false, '{REST}', now() - interval '2 h', now() - "
      "interval '1 min'),"
      " (gen_random_uuid(), 'alive', '1', 64, 3, true, '{REST}', now() - interval '1 h', now())");
  const auto executors = fleet.Executors(absl::Seconds(30));
  ASSERT_TRUE(executors.ok()) << executors.status();
  ASSERT_THAT(*executors, SizeIs(2));
  EXPECT_EQ(executors->at(0).name, "alive");
  EXPECT_TRUE(executors->at(0).alive && executors->at(0).draining);
  EXPECT_THAT(executors->at(0).connector_types, ElementsAre("REST"));
  EXPECT_FALSE(executors->at(1).alive);

  for (const char* name : {"due", "parked", "running"}) AddIntegration(name);
  Query(
      "UPDATE syncline.integrations SET sync_interval = 60, next_sync_at = now() - interval '10 s' "
      "WHERE name = 'due'");
  Query(
      "INSERT INTO syncline.live (integration_id, run_id, tenant_id, trigger, wait_reason, "
      "created_at)"
      " SELECT id, id, '', 'MANUAL', 'RATE_LIMIT', now() - interval '7 s' FROM "
      "syncline.integrations WHERE name = 'parked'");
  Query(
      "INSERT INTO syncline.live (integration_id, run_id, tenant_id, trigger, state, fence, "
      "lease_expires_at, started_at,"
      " running_since, follow_up_id, follow_up_at) SELECT id, id, '', 'MANUAL', 'RUNNING', id, "
      "now(), now(), now(), id, now()"
      " FROM syncline.integrations WHERE name = 'running'");
  const auto figures = fleet.Queue(absl::Seconds(30));
  ASSERT_TRUE(figures.ok()) << figures.status();
  EXPECT_EQ(figures->due, 1);
  EXPECT_GE(figures->due_lag, absl::Seconds(10));
  EXPECT_EQ(figures->running, 1);
  EXPECT_EQ(figures->dispatching, 0);
  EXPECT_EQ(figures->executors, 1);
  EXPECT_EQ(figures->slots, 64);
  EXPECT_EQ(figures->busy_slots, 3);
  ASSERT_THAT(figures->pending, SizeIs(2));
  EXPECT_EQ(figures->pending[0].wait_reason, "AFTER_CURRENT_RUN");
  EXPECT_EQ(figures->pending[1].wait_reason, "RATE_LIMIT");
  EXPECT_GE(figures->pending[1].oldest, absl::Seconds(7));
}

}  // namespace
}  // namespace syncline::scheduler
