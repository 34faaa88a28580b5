#include "scheduler/storage/integration_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "common/base/errors.h"
#include "common/base/ids.h"
#include "scheduler/storage/database_fixture.h"

namespace syncline::scheduler {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class IntegrationStoreTest : public DatabaseFixture {
 protected:
  IntegrationStoreTest() : store_(&pool_) {}

  static NewIntegration New(const std::string& name) {
    NewIntegration integration;
    integration.name = name;
    integration.type = "REST";
    integration.config_json = R"({"baseUrl": "https://example.com"})";
    return integration;
  }

  Integration Create(const NewIntegration& integration) {
    auto made = store_.Create(integration);
    EXPECT_TRUE(made.ok()) << made.status();
    return made.ok() ? *made : Integration();
  }

  std::vector<std::string> Names(const IntegrationQuery& query) {
    std::vector<std::string> names;
    const auto page = store_.List(query);
    EXPECT_TRUE(page.ok()) << page.status();
    if (page.ok()) {
      for (const Integration& integration : page->integrations) names.push_back(integration.name);
    }
    return names;
  }

  IntegrationStore store_;
};

TEST_F(IntegrationStoreTest, ANewIntegrationIsDueAtOnceAndOnItsGridFromThenOn) {
  NewIntegration given = New("a");
  given.external_id = "crm-1";
  given.tenant_id = "t1";
  given.settings.interval = absl::Seconds(300);
  given.seal = [](const std::string& id) {
    return std::map<std::string, std::string>{{"token", "sealed for " + id}, {"a", "x"}};
  };
  const Integration made = Create(given);
  EXPECT_EQ(made.external_id, "crm-1");
  EXPECT_EQ(made.tenant_id, "t1");
  EXPECT_EQ(made.status, "NEVER_SYNCED");
  EXPECT_EQ(made.version, 1);
  EXPECT_THAT(made.credential_names, ElementsAre("a", "token"));
  EXPECT_EQ(made.next_sync_at, made.created_at);
  EXPECT_EQ(Int("SELECT count(*) FROM syncline.integrations WHERE next_sync_at <= clock_timestamp()"
                " AND grid_anchor = created_at + syncline.grid_shift(id, 300)"),
            1);
  EXPECT_EQ(
      Text("SELECT convert_from(sealed, 'UTF8') FROM syncline.credentials WHERE name = 'token'"),
      "sealed for " + made.id);
  for (const std::string& id : {made.id, std::string("crm-1")}) {
    EXPECT_EQ(store_.Get({"t1", id})->id, made.id);
    EXPECT_EQ(ReasonOf(store_.Get({"t2", id}).status()), "INTEGRATION_NOT_FOUND");
  }
}

TEST_F(IntegrationStoreTest, WithoutIntervalOrDisabledNothingIsDue) {
  NewIntegration manual = New("manual only");
  manual.settings.interval.reset();
  NewIntegration disabled = New("disabled");
  disabled.settings.enabled = false;
  EXPECT_EQ(Create(manual).next_sync_at, std::nullopt);
  const Integration off = Create(disabled);
  EXPECT_EQ(off.next_sync_at, std::nullopt);
  EXPECT_EQ(off.status, "DISABLED");
}

TEST_F(IntegrationStoreTest, ParallelCallsWithOneRequestIdMakeOneIntegration) {
  NewIntegration given = New("a");
  given.external_id = "crm-1";
  given.request_id = "r1";
  given.request_hashes = {"h1"};
  std::vector<std::string> ids(20);
  std::vector<std::thread> threads;
  for (std::string& id : ids) {
    threads.emplace_back([&] { id = Create(given).id; });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 1U);
  EXPECT_EQ(Int("SELECT count(*) FROM syncline.integrations"), 1);
}

TEST_F(IntegrationStoreTest, ARequestIdIsRecognisedByAnyKeyAndRefusedForOtherArguments) {
  NewIntegration given = New("a");
  given.request_id = "r1";
  given.request_hashes = {"by old key"};
  const Integration made = Create(given);
  given.request_hashes = {"by new key", "by old key"};
  EXPECT_EQ(Create(given).id, made.id);
  given.request_hashes = {"other arguments"};
  EXPECT_EQ(ReasonOf(store_.Create(given).status()), "REQUEST_ID_REUSED");
  given.tenant_id = "t2";
  EXPECT_NE(Create(given).id, made.id);
  ASSERT_TRUE(store_.Delete({"", made.id}, 0).ok());
  given.tenant_id = "";
  EXPECT_NE(Create(given).id, made.id);  // deleting forgets the request
}

TEST_F(IntegrationStoreTest, AnExternalIdIsUniqueInItsTenantWhileItLives) {
  NewIntegration given = New("a");
  given.external_id = "crm-1";
  const Integration first = Create(given);
  EXPECT_EQ(ReasonOf(store_.Create(given).status()), "EXTERNAL_ID_TAKEN");
  given.request_id = "r1";
  given.request_hashes = {"h"};
  EXPECT_EQ(ReasonOf(store_.Create(given).status()), "EXTERNAL_ID_TAKEN");
  const Integration other = Create(New("b"));
  IntegrationChange rename;
  rename.external_id = "crm-1";
  EXPECT_EQ(ReasonOf(store_.Change({"", other.id}, rename).status()), "EXTERNAL_ID_TAKEN");
  ASSERT_TRUE(store_.Delete({"", "crm-1"}, 0).ok());
  EXPECT_EQ(store_.Change({"", other.id}, rename)->external_id, "crm-1");
  EXPECT_NE(store_.Get({"", "crm-1"})->id, first.id);
}

TEST_F(IntegrationStoreTest, NothingIsLeftOfACreationWhoseCredentialsCannotBeSealed) {
  NewIntegration given = New("a");
  given.seal = [](const std::string&) { return absl::InternalError("no randomness"); };
  EXPECT_EQ(store_.Create(given).status().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(Int("SELECT count(*) FROM syncline.integrations"), 0);
}

TEST_F(IntegrationStoreTest, ListsPageByPageInOrderOfNameThenId) {
  std::vector<std::string> ids;
  for (const char* name : {"b", "a", "b", "c", "b"}) ids.push_back(Create(New(name)).id);
  ASSERT_TRUE(store_.Delete({"", ids[3]}, 0).ok());
  IntegrationQuery query;
  query.limit = 3;
  auto page = store_.List(query);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_TRUE(page->more);
  std::vector<std::string> seen;
  for (const Integration& integration : page->integrations) seen.push_back(integration.id);
  query.after_name = page->last_name;
  query.after_id = page->last_id;
  page = store_.List(query);
  EXPECT_FALSE(page->more);
  for (const Integration& integration : page->integrations) seen.push_back(integration.id);
  EXPECT_THAT(seen, ElementsAre(ids[1], ids[0], ids[2], ids[4]));
}

TEST_F(IntegrationStoreTest, SearchTakesEveryCharacterAsItIs) {
  NewIntegration percent = New("100% \\ sure");
  percent.external_id = "Shop_1";
  Create(percent);
  Create(New("1000 shops"));
  const struct {
    const char* row;
    const char* search;
    std::vector<std::string> found;
  } kCases[] = {
      {"any case", "SURE", {"100% \\ sure"}},
      {"percent", "0%", {"100% \\ sure"}},
      {"backslash", "\\", {"100% \\ sure"}},
      {"underscore in the external id", "p_1", {"100% \\ sure"}},
      {"underscore is no wildcard", "100_", {}},
      {"both", "shop", {"100% \\ sure", "1000 shops"}},
  };
  for (const auto& c : kCases) {
    IntegrationQuery query;
    query.search = c.search;
    EXPECT_EQ(Names(query), c.found) << c.row;
  }
}

TEST_F(IntegrationStoreTest, StatusIsWhatPeopleMustKnowFirst) {
  for (const char* name : {"never", "failing", "blocked", "off"}) Create(New(name));
  Query("UPDATE syncline.integrations SET status = 'FAILING' WHERE name <> 'never'");
  Query("UPDATE syncline.integrations SET blocked_reason = 'x' WHERE name IN ('blocked', 'off')");
  Query("UPDATE syncline.integrations SET sync_enabled = false WHERE name = 'off'");
  IntegrationQuery query;
  query.statuses = {"FAILING"};
  EXPECT_THAT(Names(query), ElementsAre("failing"));
  query.statuses = {"BLOCKED", "DISABLED", "NEVER_SYNCED"};
  EXPECT_THAT(Names(query), UnorderedElementsAre("blocked", "never", "off"));
  query.statuses = {"HEALTHY"};
  EXPECT_THAT(Names(query), IsEmpty());
}

TEST_F(IntegrationStoreTest, PurgesInPartsAndKeepsHistoryAndOthers) {
  const std::string gone = Create(New("gone")).id;
  const std::string empty = Create(New("empty")).id;
  const std::string stays = Create(New("stays")).id;
  for (const std::string& id : {gone, stays}) {
    Query(
        "INSERT INTO syncline.records (integration_id, stream, key, data, hash, change_no) SELECT "
        "'" +
        id + "', 's', n::text, '{}', '\\x00', 1 FROM generate_series(1, 25) n");
    Query("INSERT INTO syncline.snapshot_seen SELECT '" + id + "', 's', '" + NewRandomUuid() +
          "', n, '{}' FROM generate_series(1, 3) n");
    Query(
        "INSERT INTO syncline.checkpoints (integration_id, stream, definition_hash, pass_id, "
        "pass_run_id) VALUES ('" +
        id + "', 's', '', gen_random_uuid(), gen_random_uuid())");
    Query("INSERT INTO syncline.live (integration_id, run_id, tenant_id, trigger) VALUES ('" + id +
          "', gen_random_uuid(), '', 'MANUAL')");
  }
  ASSERT_TRUE(store_.Delete({"", gone}, 0).ok());
  ASSERT_TRUE(store_.Delete({"", empty}, 0).ok());
  int parts = 0;
  for (auto more = store_.PurgeDeleted(10); *more; more = store_.PurgeDeleted(10)) ++parts;
  EXPECT_EQ(parts, 4);  // 10 + 10 + the rest, and the empty one
  EXPECT_EQ(Int("SELECT count(*) FROM syncline.integrations"), 1);
  for (const char* table : {"records", "snapshot_seen", "checkpoints"}) {
    EXPECT_EQ(Int("SELECT count(*) FROM syncline." + std::string(table) +
                  " WHERE integration_id <> '" + stays + "'"),
              0)
        << table;
  }
  EXPECT_EQ(Int("SELECT count(*) FROM syncline.records"), 25);
  EXPECT_EQ(Int("SELECT count(*) FROM syncline.sync_history WHERE integration_id = '" + gone + "'"),
            1);
}

}  // namespace
}  // namespace syncline::scheduler
