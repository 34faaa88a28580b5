#include <gmock/gmock.h>

#include <set>
#include <thread>

#include "tests/integration/api_fixture.h"

namespace syncline {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using IntegrationsApiTest = ApiFixture;

v1::UpdateSyncSettingsRequest Settings(const std::string& id, const std::string& settings_json) {
  v1::UpdateSyncSettingsRequest request;
  request.set_integration_id(id);
  EXPECT_TRUE(
      google::protobuf::util::JsonStringToMessage(settings_json, request.mutable_sync_settings())
          .ok());
  return request;
}

TEST_F(IntegrationsApiTest, ANewIntegrationHasEveryDefaultAndNoSecret) {
  const v1::Integration made = MustCreate("Invoices");
  EXPECT_EQ(made.name(), "Invoices");
  EXPECT_EQ(made.type(), v1::REST);
  EXPECT_EQ(made.status(), v1::NEVER_SYNCED);
  EXPECT_EQ(made.version(), 1);
  EXPECT_TRUE(made.credentials().empty());
  EXPECT_THAT(made.credential_names(), ElementsAre("token"));
  EXPECT_EQ(made.sync_settings().sync_interval().seconds(), 3600);
  EXPECT_TRUE(made.sync_settings().sync_enabled());
  EXPECT_EQ(made.sync_settings().max_retries(), 3);
  EXPECT_EQ(made.sync_settings().timeout().seconds(), 3600);
  EXPECT_TRUE(made.has_next_sync_at() && made.has_create_time() && made.has_update_time());
  EXPECT_FALSE(made.has_last_sync() || made.has_active_sync() || made.has_last_success_at());
  EXPECT_EQ(wakes_, 1);
  // Whole numbers of the config are stored as integers, and come back as they went in.
  EXPECT_EQ(Int("SELECT count(*) FROM syncline.integrations WHERE config #>> "
                "'{streams,0,pagination,size}' = '500'"),
            1);
  EXPECT_EQ(made.config().SerializeAsString().size(),
            GoodCreate("").integration().config().SerializeAsString().size());
  EXPECT_EQ(Int("SELECT count(*) FROM syncline.credentials WHERE position('" +
                std::string(kCanary) + "'::bytea IN sealed) > 0"),
            0);
}

TEST_F(IntegrationsApiTest, TheStoredCredentialOpensForItsIntegrationOnly) {
  const v1::Integration made = MustCreate("a");
  const std::string sealed = Query("SELECT sealed FROM syncline.credentials")[0].Bytes("sealed");
  EXPECT_EQ(cipher_.Open(made.id(), "token", sealed)->Reveal(), kCanary);
  EXPECT_FALSE(cipher_.Open(made.id(), "other", sealed).ok());
}

// A client that sends back what it read, or tries to set what only we may.
TEST_F(IntegrationsApiTest, OutputOnlyFieldsAreIgnored) {
  const auto claim = [](v1::Integration& given) {
    given.set_status(v1::BLOCKED);
    given.set_disabled_reason("x");
    given.set_blocked_reason("x");
    given.set_retry_count(7);
    given.add_credential_names("root");
    given.mutable_next_sync_at()->set_seconds(1);
    given.mutable_last_success_at()->set_seconds(1);
    given.mutable_create_time()->set_seconds(1);
    given.mutable_update_time()->set_seconds(1);
    given.mutable_last_sync()->set_run_id("x");
    given.mutable_active_sync()->set_run_id("x");
  };
  const auto expect_ours = [](const v1::Integration& got) {
    EXPECT_EQ(got.status(), v1::NEVER_SYNCED);
    EXPECT_EQ(got.disabled_reason() + got.blocked_reason(), "");
    EXPECT_EQ(got.retry_count(), 0);
    EXPECT_THAT(got.credential_names(), ElementsAre("token"));
    EXPECT_GT(got.next_sync_at().seconds(), 1);
    EXPECT_GT(got.create_time().seconds(), 1);
    EXPECT_GT(got.update_time().seconds(), 1);
    EXPECT_FALSE(got.has_last_success_at() || got.has_last_sync() || got.has_active_sync());
  };
  const std::string id = "0197b2c4-0000-7000-8000-00000000000a";
  v1::CreateIntegrationRequest create = GoodCreate("a");
  claim(*create.mutable_integration());
  create.mutable_integration()->set_id(id);
  create.mutable_integration()->set_version(9);
  v1::Integration made;
  ASSERT_TRUE(Create(create, &made).ok());
  EXPECT_NE(made.id(), id);
  EXPECT_EQ(made.version(), 1);
  expect_ours(made);

  v1::UpdateIntegrationRequest update;
  *update.mutable_integration() = made;
  claim(*update.mutable_integration());
  update.mutable_integration()->set_name("b");
  update.mutable_update_mask()->add_paths("name");
  v1::Integration changed;
  ASSERT_TRUE(Update(update, &changed).ok());
  EXPECT_EQ(changed.name(), "b");
  EXPECT_EQ(changed.version(), 2);
  expect_ours(changed);
  expect_ours(Get(made.id()).value());
}

TEST_F(IntegrationsApiTest, SettingsLeftOutAndAnIntervalLeftOutAreTwoThings) {
  v1::CreateIntegrationRequest request = GoodCreate("manual only");
  request.mutable_integration()->mutable_sync_settings();
  v1::Integration made;
  ASSERT_TRUE(Create(request, &made).ok());
  EXPECT_FALSE(made.sync_settings().has_sync_interval());
  EXPECT_FALSE(made.has_next_sync_at());
  EXPECT_TRUE(made.sync_settings().sync_enabled());
}

TEST_F(IntegrationsApiTest, TheSameRequestInParallelMakesOneAndAnotherOneIsRefused) {
  v1::CreateIntegrationRequest request = GoodCreate("a");
  request.mutable_integration()->set_external_id("crm-1");
  request.set_request_id("r 1");
  std::vector<std::string> ids(20);
  std::vector<std::thread> threads;
  threads.reserve(ids.size());
  for (std::string& id : ids) {
    threads.emplace_back([&] {
      v1::Integration made;
      const absl::Status status = Create(request, &made);
      EXPECT_TRUE(status.ok()) << status;
      id = made.id();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 1U);
  EXPECT_EQ(Int("SELECT count(*) FROM syncline.integrations"), 1);

  v1::Integration made;
  v1::CreateIntegrationRequest other = request;
  (*other.mutable_integration()->mutable_credentials())["token"] = "another value";
  EXPECT_EQ(ReasonOf(Create(other, &made)), "REQUEST_ID_REUSED");
  other = request;
  other.set_request_id("r 2");
  const absl::Status taken = Create(other, &made);
  EXPECT_EQ(ReasonOf(taken), "EXTERNAL_ID_TAKEN");
  EXPECT_EQ(taken.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(MetadataOf(taken).at("external_id"), "crm-1");
}

TEST_F(IntegrationsApiTest, EveryOutputFieldIsFilled) {
  const v1::Integration made = MustCreate("a");
  Query(
      "UPDATE syncline.integrations SET status = 'FAILING', disabled_reason = 'd', blocked_reason "
      "= 'b', retry_count = 2,"
      " sync_enabled = false, last_log_id = id, last_run_id = id, last_status = 'FAILED', "
      "last_started_at = now(),"
      " last_ended_at = now(), last_duration_ms = 1500, last_counts = '{1,2,3,4,5,6,7,8}', "
      "last_error_class = 'DATA',"
      " last_error = 'no JSON', last_success_at = now()");
  Query(
      "INSERT INTO syncline.live (integration_id, run_id, tenant_id, trigger, state, fence, "
      "lease_expires_at, started_at,"
      " running_since, fetched, created, updated, unchanged, deleted, rejected, pages, takeovers, "
      "rejected_reasons, executor,"
      " epoch, attempt) SELECT id, id, '', 'RETRY', 'RUNNING', id, now(), now(), now() - interval "
      "'3 s', 1, 2, 3, 4, 5, 6, 7,"
      " 8, '{no key}', 'e1', 9, 2 FROM syncline.integrations");
  const v1::Integration got = Get(made.id()).value();
  EXPECT_EQ(got.status(), v1::DISABLED);
  EXPECT_EQ(got.disabled_reason() + got.blocked_reason(), "db");
  EXPECT_EQ(got.retry_count(), 2);
  const v1::LastSync& last = got.last_sync();
  EXPECT_EQ(last.sync_log_id(), made.id());
  EXPECT_EQ(last.run_id(), made.id());
  EXPECT_EQ(last.status(), v1::FAILED);
  EXPECT_TRUE(last.has_start_time() && last.has_end_time() && got.has_last_success_at());
  EXPECT_EQ(last.duration().seconds() * 1000 + last.duration().nanos() / 1'000'000, 1500);
  EXPECT_EQ(last.counts().fetched() + 10 * last.counts().takeovers(), 81);
  EXPECT_EQ(last.error_class(), v1::DATA);
  EXPECT_EQ(last.error_message(), "no JSON");
  const v1::SyncLog& active = got.active_sync();
  EXPECT_EQ(active.run_id(), made.id());
  EXPECT_EQ(active.integration_id(), made.id());
  EXPECT_EQ(active.status(), v1::RUNNING);
  EXPECT_EQ(active.trigger(), v1::SyncLog::RETRY);
  EXPECT_EQ(active.attempt(), 2);
  EXPECT_EQ(active.epoch(), 9);
  EXPECT_EQ(active.executor(), "e1");
  EXPECT_GE(active.duration().seconds(), 3);
  EXPECT_TRUE(active.has_create_time() && active.has_start_time());
  EXPECT_FALSE(active.has_end_time() || active.has_wait_until());
  const v1::SyncCounts& counts = active.counts();
  EXPECT_THAT((std::vector<std::int64_t>{counts.fetched(), counts.created(), counts.updated(),
                                         counts.unchanged(), counts.deleted(), counts.rejected(),
                                         counts.pages(), counts.takeovers()}),
              ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
  EXPECT_THAT(active.rejected_reasons(), ElementsAre("no key"));
}

TEST_F(IntegrationsApiTest, TheMaskDecidesWhatChanges) {
  v1::UpdateIntegrationRequest request;
  request.mutable_integration()->set_id(MustCreate("a").id());
  request.mutable_integration()->set_name("b");
  request.mutable_integration()->mutable_sync_settings()->set_max_retries(7);
  request.mutable_integration()->mutable_sync_settings()->mutable_sync_interval()->set_seconds(300);
  request.mutable_update_mask()->add_paths("sync_settings.sync_interval");
  v1::Integration changed;
  ASSERT_TRUE(Update(request, &changed).ok());
  EXPECT_EQ(changed.name(), "a");
  EXPECT_EQ(changed.sync_settings().sync_interval().seconds(), 300);
  EXPECT_EQ(changed.sync_settings().max_retries(), 3);
  EXPECT_EQ(changed.version(), 2);
  request.mutable_integration()->set_version(1);
  const absl::Status stale = Update(request, &changed);
  EXPECT_EQ(stale.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ReasonOf(stale), "VERSION_MISMATCH");
  EXPECT_EQ(MetadataOf(stale).at("version"), "2");
  request.mutable_integration()->set_version(2);
  *request.mutable_update_mask()->mutable_paths(0) = "name";
  ASSERT_TRUE(Update(request, &changed).ok());
  EXPECT_EQ(changed.name(), "b");
}

TEST_F(IntegrationsApiTest, ConfigAndCredentialsMayChangeTogether) {
  v1::UpdateIntegrationRequest request;
  v1::Integration& given = *request.mutable_integration();
  given = GoodCreate("").integration();
  given.set_id(MustCreate("a").id());
  (*given.mutable_config()->mutable_fields())["auth"] =
      Json(R"({"a": {"kind": "bearer", "credential": "new"}})").fields().at("a");
  given.clear_credentials();
  (*given.mutable_credentials())["new"] = kCanary;
  request.mutable_update_mask()->add_paths("config");
  request.mutable_update_mask()->add_paths("credentials");
  v1::Integration changed;
  const absl::Status status = Update(request, &changed);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_THAT(changed.credential_names(), ElementsAre("new"));
}

TEST_F(IntegrationsApiTest, SyncSettingsByFieldsThatAreSetOrByMask) {
  const std::string id = MustCreate("a").id();
  v1::Integration changed;
  ASSERT_TRUE(UpdateSettings(Settings(id, R"({"syncEnabled": false})"), &changed).ok());
  EXPECT_EQ(changed.status(), v1::DISABLED);
  EXPECT_FALSE(changed.has_next_sync_at());
  EXPECT_EQ(changed.sync_settings().sync_interval().seconds(), 3600);
  ASSERT_TRUE(
      UpdateSettings(Settings(id, R"({"syncEnabled": true, "syncInterval": "1800s"})"), &changed)
          .ok());
  EXPECT_TRUE(changed.has_next_sync_at());
  v1::UpdateSyncSettingsRequest manual_only = Settings(id, "{}");
  manual_only.mutable_update_mask()->add_paths("sync_interval");
  ASSERT_TRUE(UpdateSettings(manual_only, &changed).ok());
  EXPECT_FALSE(changed.sync_settings().has_sync_interval());
  EXPECT_FALSE(changed.has_next_sync_at());
  manual_only.set_version(1);
  EXPECT_EQ(ReasonOf(UpdateSettings(manual_only, &changed)), "VERSION_MISMATCH");
}

TEST_F(IntegrationsApiTest, ListsPageByPageWithTokensOfThatListOnly) {
  for (const char* name : {"d", "b", "a", "c", "e"}) MustCreate(name);
  v1::ListIntegrationsRequest request;
  request.set_page_size(2);
  std::string names;
  std::string token;
  v1::ListIntegrationsResponse page;
  do {
    page.Clear();
    ASSERT_TRUE(List(request, &page).ok());
    EXPECT_LE(page.integrations_size(), 2);
    for (const v1::Integration& integration : page.integrations()) names += integration.name();
    if (token.empty()) token = page.next_page_token();
    request.set_page_token(page.next_page_token());
  } while (!page.next_page_token().empty());
  EXPECT_EQ(names, "abcde");

  request.set_page_token(token);
  request.set_page_size(1000);
  EXPECT_TRUE(List(request, &page).ok());  // the size may change
  request.set_search("a");
  EXPECT_EQ(FieldsOf(List(request, &page)).at(0).field, "page_token");
  request.clear_search();
  request.set_tenant_id("t2");
  EXPECT_EQ(FieldsOf(List(request, &page)).at(0).field, "page_token");
  request.clear_tenant_id();
  token[token.size() / 2] = token[token.size() / 2] == 'A' ? 'B' : 'A';
  request.set_page_token(token);
  EXPECT_EQ(FieldsOf(List(request, &page)).at(0).field, "page_token");
}

TEST_F(IntegrationsApiTest, ATotalIsThatOfTheFilterOnEveryPage) {
  for (const char* name : {"a1", "a2", "a3", "b1"}) MustCreate(name);
  Query("UPDATE syncline.integrations SET status = 'FAILING' WHERE name = 'a3'");
  v1::ListIntegrationsRequest request;
  request.set_page_size(1);
  v1::ListIntegrationsResponse page;
  ASSERT_TRUE(List(request, &page).ok());
  EXPECT_EQ(page.total(), 0);  // not asked for
  request.set_count_total(true);
  for (int i = 0; i < 2; ++i) {
    request.set_page_token(page.next_page_token());
    ASSERT_TRUE(List(request, &page).ok());
    EXPECT_EQ(page.total(), 4);
    EXPECT_FALSE(page.total_is_lower_bound());
  }
  request.clear_page_token();
  request.set_search("A");
  ASSERT_TRUE(List(request, &page).ok());
  EXPECT_EQ(page.total(), 3);
  request.add_statuses(v1::FAILING);
  ASSERT_TRUE(List(request, &page).ok());
  EXPECT_EQ(page.total(), 1);
  request.set_tenant_id("t2");
  ASSERT_TRUE(List(request, &page).ok());
  EXPECT_EQ(page.total(), 0);
}

// What an import does for each of its integrations, whether it has come before or not.
TEST_F(IntegrationsApiTest, CreatingOneThatIsThereSaysSoAndItsExternalIdNamesItForAnUpdate) {
  v1::CreateIntegrationRequest create = GoodCreate("a");
  create.mutable_integration()->set_external_id("crm-7");
  v1::Integration made;
  ASSERT_TRUE(Create(create, &made).ok());
  v1::Integration again;
  EXPECT_EQ(ReasonOf(Create(create, &again)), "EXTERNAL_ID_TAKEN");
  v1::UpdateIntegrationRequest update;
  *update.mutable_integration() = create.integration();
  update.mutable_integration()->set_name("b");
  for (const char* path : {"name", "config", "credentials"})
    update.mutable_update_mask()->add_paths(path);
  const absl::Status status = Update(update, &again);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(again.id(), made.id());
  EXPECT_EQ(again.external_id(), "crm-7");
  EXPECT_EQ(again.name(), "b");
  update.mutable_integration()->set_version(made.version());
  EXPECT_EQ(ReasonOf(Update(update, &again)), "VERSION_MISMATCH");
}

TEST_F(IntegrationsApiTest, APageEndsBeforeItIsTooLargeForAClient) {
  for (int i = 0; i < 25; ++i) MustCreate("a");
  // Saved configs are at most 256 KiB; 25 of them are more than one answer may hold.
  Query(
      "UPDATE syncline.integrations SET config = jsonb_build_object('filler', repeat('x', "
      "250000))");
  v1::ListIntegrationsRequest request;
  std::set<std::string> seen;
  int pages = 0;
  v1::ListIntegrationsResponse page;
  do {
    page.Clear();
    const absl::Status status = List(request, &page);
    ASSERT_TRUE(status.ok()) << status;
    for (const v1::Integration& integration : page.integrations()) seen.insert(integration.id());
    request.set_page_token(page.next_page_token());
    ++pages;
  } while (!page.next_page_token().empty());
  EXPECT_EQ(seen.size(), 25U);
  EXPECT_EQ(pages, 3);
}

TEST_F(IntegrationsApiTest, DeletingEndsIt) {
  const v1::Integration made = MustCreate("a");
  v1::DeleteIntegrationRequest request;
  request.set_integration_id(made.id());
  request.set_tenant_id("t2");
  google::protobuf::Empty none;
  const auto erase = [&] {
    return Call(integrations_, &v1::IntegrationService::Stub::DeleteIntegration, request, &none);
  };
  EXPECT_EQ(ReasonOf(erase()), "INTEGRATION_NOT_FOUND");
  request.clear_tenant_id();
  request.set_version(made.version() + 1);  // somebody else's
  const absl::Status stale = erase();
  EXPECT_EQ(stale.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ReasonOf(stale), "VERSION_MISMATCH");
  EXPECT_EQ(MetadataOf(stale).at("version"), std::to_string(made.version()));
  EXPECT_TRUE(Get(made.id()).ok());
  request.set_version(made.version());
  EXPECT_TRUE(erase().ok());
  EXPECT_EQ(ReasonOf(erase()), "INTEGRATION_NOT_FOUND");
  EXPECT_EQ(ReasonOf(Get(made.id()).status()), "INTEGRATION_NOT_FOUND");
  v1::ListIntegrationsResponse page;
  ASSERT_TRUE(List({}, &page).ok());
  EXPECT_THAT(page.integrations(), IsEmpty());
}

}  // namespace
}  // namespace syncline
