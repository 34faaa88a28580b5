#include <gmock/gmock.h>

#include <set>

#include "common/base/ids.h"
#include "tests/integration/api_fixture.h"

namespace syncline {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

class SyncsApiTest : public ApiFixture {
 protected:
  SyncsApiTest() : id_(MustCreate("a").id()) {}

  v1::TriggerSyncResponse MustTrigger(const std::string& request_id, bool after_current = false) {
    v1::TriggerSyncRequest request;
    request.set_integration_id(id_);
    request.set_request_id(request_id);
    request.set_after_current(after_current);
    v1::TriggerSyncResponse answer;
    const absl::Status status = Trigger(request, &answer);
    EXPECT_TRUE(status.ok()) << status;
    return answer;
  }

  const std::string id_;
};

TEST_F(SyncsApiTest, ATriggerAnswersWithItsRunAndTheSameOneAgain) {
  wakes_ = 0;
  const v1::TriggerSyncResponse first = MustTrigger("r1");
  EXPECT_EQ(wakes_, 1);
  EXPECT_FALSE(first.joined());
  EXPECT_EQ(first.sync_log().run_id(), first.run_id());
  EXPECT_EQ(first.sync_log().status(), v1::PENDING);
  EXPECT_EQ(first.wait_reason(), v1::SLOT);
  EXPECT_FALSE(first.has_wait_until());
  const v1::TriggerSyncResponse again = MustTrigger("r1");
  EXPECT_EQ(again.run_id(), first.run_id());
  EXPECT_FALSE(again.joined());
  EXPECT_TRUE(MustTrigger("").joined());  // the server makes an id
  Query(
      "UPDATE syncline.live SET wait_reason = 'RATE_LIMIT', wait_detail = 'Retry-After: 3600', "
      "started_at = now(),"
      " not_before = now() + interval '1 hour'");
  const v1::TriggerSyncResponse joined = MustTrigger("r2");
  EXPECT_TRUE(joined.joined());
  EXPECT_EQ(joined.run_id(), first.run_id());
  EXPECT_EQ(joined.wait_reason(), v1::RATE_LIMIT);
  EXPECT_TRUE(joined.has_wait_until());
  EXPECT_EQ(joined.sync_log().wait_detail(), "Retry-After: 3600");
  const v1::TriggerSyncResponse reserved = MustTrigger("r3", true);
  EXPECT_NE(reserved.run_id(), first.run_id());
  EXPECT_EQ(reserved.wait_reason(), v1::AFTER_CURRENT_RUN);

  v1::TriggerSyncRequest reused;
  reused.set_integration_id(id_);
  reused.set_request_id("r1");
  reused.set_after_current(true);
  v1::TriggerSyncResponse answer;
  const absl::Status status = Trigger(reused, &answer);
  EXPECT_EQ(status.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(ReasonOf(status), "REQUEST_ID_REUSED");
}

TEST_F(SyncsApiTest, LogsPageByPageAndOneByOne) {
  Query(
      "INSERT INTO syncline.sync_history (log_id, created_at, run_id, integration_id, tenant_id, "
      "attempt, trigger, status,"
      " epoch, started_at, ended_at, duration_ms, fetched, created, updated, unchanged, deleted, "
      "rejected, pages, takeovers,"
      " rejected_reasons, error_class, error_message, http_status, executor)"
      " SELECT gen_random_uuid(), now() - n * interval '1 s', gen_random_uuid(), '" +
      id_ +
      "', '', 2, 'RETRY', 'FAILED', 3,"
      " now(), now(), 2500, 1, 2, 3, 4, 5, 6, 7, 8, '{no key}', 'TRANSIENT', 'HTTP 503', 503, 'e1'"
      " FROM generate_series(1, 5) n");
  MustTrigger("r1");
  v1::ListSyncLogsRequest request;
  request.set_integration_id(id_);
  request.set_page_size(4);
  v1::ListSyncLogsResponse first;
  ASSERT_TRUE(ListLogs(request, &first).ok());
  ASSERT_THAT(first.sync_logs(), SizeIs(4));
  EXPECT_EQ(first.sync_logs(0).status(), v1::PENDING);
  request.set_page_token(first.next_page_token());
  v1::ListSyncLogsResponse second;
  ASSERT_TRUE(ListLogs(request, &second).ok());
  EXPECT_THAT(second.sync_logs(), SizeIs(2));
  EXPECT_EQ(second.next_page_token(), "");
  request.set_status(v1::FAILED);
  EXPECT_EQ(FieldsOf(ListLogs(request, &second)).at(0).field, "page_token");
  v1::ListRecordsRequest records;
  records.set_integration_id(id_);
  records.set_page_token(first.next_page_token());
  v1::ListRecordsResponse record_page;
  EXPECT_EQ(FieldsOf(ListRecords(records, &record_page)).at(0).field, "page_token");

  v1::GetSyncLogRequest get;
  get.set_sync_log_id(first.sync_logs(1).id());
  v1::SyncLog log;
  ASSERT_TRUE(Call(syncs_, &v1::SyncService::Stub::GetSyncLog, get, &log).ok());
  EXPECT_EQ(log.error_class(), v1::TRANSIENT);
  EXPECT_EQ(log.error_message(), "HTTP 503");
  EXPECT_EQ(log.http_status(), 503);
  EXPECT_EQ(log.duration().seconds() * 1000 + log.duration().nanos() / 1'000'000, 2500);
  EXPECT_TRUE(log.has_create_time() && log.has_start_time() && log.has_end_time());
  EXPECT_EQ(log.counts().created(), 2);
  EXPECT_EQ(log.epoch(), 3);
  EXPECT_THAT(log.rejected_reasons(), ElementsAre("no key"));
  get.set_tenant_id("t2");
  EXPECT_EQ(ReasonOf(Call(syncs_, &v1::SyncService::Stub::GetSyncLog, get, &log)),
            "SYNC_LOG_NOT_FOUND");
}

TEST_F(SyncsApiTest, LogsByPageNumberWithTheirTotal) {
  Query(
      "INSERT INTO syncline.sync_history (log_id, created_at, run_id, integration_id, tenant_id,"
      " attempt, trigger, status, epoch, ended_at, duration_ms, fetched, created, updated,"
      " unchanged, deleted, rejected, pages, takeovers, rejected_reasons, error_class, executor)"
      " SELECT gen_random_uuid(), now() - n * interval '1 s', gen_random_uuid(), '" +
      id_ +
      "', '', 1, 'SCHEDULE', 'FAILED', 3, now(), 5, 0, 0, 0, 0, 0, 0, 0, 0, '{}', 'DATA', 'e1'"
      " FROM generate_series(1, 9) n");
  v1::ListSyncLogsRequest request;
  request.set_integration_id(id_);
  request.set_status(v1::FAILED);
  request.set_page_size(100);
  v1::ListSyncLogsResponse all;
  ASSERT_TRUE(ListLogs(request, &all).ok());
  ASSERT_THAT(all.sync_logs(), SizeIs(9));
  EXPECT_EQ(all.total(), 0);  // not asked for
  request.set_page_size(2);
  request.set_count_total(true);
  for (const int skip : {0, 2, 4, 6, 8}) {
    request.set_skip(skip);
    v1::ListSyncLogsResponse page;
    ASSERT_TRUE(ListLogs(request, &page).ok());
    ASSERT_THAT(page.sync_logs(), SizeIs(skip == 8 ? 1 : 2)) << skip;
    EXPECT_EQ(page.sync_logs(0).id(), all.sync_logs(skip).id());
    EXPECT_EQ(page.total(), 9);
    EXPECT_FALSE(page.total_is_lower_bound());
    if (skip > 4) continue;
    // A skipped-to page's token goes on behind it, whatever else the next call skips or counts.
    v1::ListSyncLogsRequest next = request;
    next.set_page_token(page.next_page_token());
    next.set_skip(1);
    next.set_count_total(false);
    v1::ListSyncLogsResponse after;
    ASSERT_TRUE(ListLogs(next, &after).ok());
    EXPECT_EQ(after.sync_logs(0).id(), all.sync_logs(skip + 3).id());
  }
  request.set_skip(10'000);
  v1::ListSyncLogsResponse beyond;
  ASSERT_TRUE(ListLogs(request, &beyond).ok());
  EXPECT_THAT(beyond.sync_logs(), SizeIs(0));
  EXPECT_EQ(beyond.total(), 9);
}

TEST_F(SyncsApiTest, TheFeedOfChangesTellsWhereToGoOn) {
  Query(
      "INSERT INTO syncline.records (integration_id, stream, key, data, hash, change_no, "
      "deleted_at)"
      " SELECT '" +
      id_ +
      "', 's', 'k' || n, jsonb_build_object('n', n, 'huge', 1e350, 'text', 'a \"1e999\\'), '\\x00',"
      " (n + 1) / 2, CASE n WHEN 5 THEN now() END FROM generate_series(1, 5) n");
  v1::ListRecordsRequest request;
  request.set_integration_id(id_);
  request.set_changed_after(0);
  request.set_page_size(3);
  v1::ListRecordsResponse page;
  ASSERT_TRUE(ListRecords(request, &page).ok());
  ASSERT_THAT(page.records(), SizeIs(3));
  EXPECT_EQ(page.last_change_no(), 1);  // change 2 has more records to come
  EXPECT_EQ(page.records(0).data().fields().at("n").number_value(), 1);
  EXPECT_EQ(page.records(0).data().fields().at("huge").string_value().substr(0, 4), "1000");
  EXPECT_EQ(page.records(0).data().fields().at("text").string_value(), "a \"1e999\\");
  request.set_page_token(page.next_page_token());
  page.Clear();
  ASSERT_TRUE(ListRecords(request, &page).ok());
  ASSERT_THAT(page.records(), SizeIs(2));
  EXPECT_TRUE(page.records(1).deleted());
  EXPECT_EQ(page.next_page_token(), "");
  EXPECT_EQ(page.last_change_no(), 3);
  request.clear_page_token();
  request.set_changed_after(3);
  page.Clear();
  ASSERT_TRUE(ListRecords(request, &page).ok());
  EXPECT_THAT(page.records(), SizeIs(0));
  EXPECT_EQ(page.last_change_no(), 3);
}

TEST_F(SyncsApiTest, LargeRecordsMakeShortPages) {
  Query(
      "INSERT INTO syncline.records (integration_id, stream, key, data, hash, change_no)"
      " SELECT '" +
      id_ +
      "', 's', 'k' || n, jsonb_build_object('x', repeat('x', 1000000)), '\\x00', 1"
      " FROM generate_series(1, 7) n");
  v1::ListRecordsRequest request;
  request.set_integration_id(id_);
  std::set<std::string> keys;
  v1::ListRecordsResponse page;
  do {
    page.Clear();
    const absl::Status status = ListRecords(request, &page);
    ASSERT_TRUE(status.ok()) << status;
    for (const v1::Record& record : page.records()) keys.insert(record.key());
    request.set_page_token(page.next_page_token());
  } while (!page.next_page_token().empty());
  EXPECT_THAT(keys, SizeIs(7));
}

TEST_F(SyncsApiTest, CancellingNamesASyncLogAndIsRepeatable) {
  v1::SyncLog log;
  v1::CancelSyncRequest request;
  EXPECT_EQ(ReasonOf(Call(syncs_, &v1::SyncService::Stub::CancelSync, request, &log)),
            "INVALID_FIELDS");
  request.set_sync_log_id(NewRandomUuid());
  EXPECT_EQ(ReasonOf(Call(syncs_, &v1::SyncService::Stub::CancelSync, request, &log)),
            "SYNC_LOG_NOT_FOUND");
  request.set_sync_log_id(MustTrigger("r1").run_id());
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(Call(syncs_, &v1::SyncService::Stub::CancelSync, request, &log).ok());
    EXPECT_EQ(log.id(), request.sync_log_id());
    EXPECT_EQ(log.status(), v1::FAILED);
    EXPECT_EQ(log.error_class(), v1::CANCELLED);
  }
}

TEST_F(SyncsApiTest, AWatchOfBadIdsIsRefused) {
  grpc::ClientContext context;
  v1::WatchSyncsRequest request;
  request.add_integration_ids("no uuid");
  const auto watch = syncs_->WatchSyncs(&context, request);
  v1::WatchSyncsResponse event;
  EXPECT_FALSE(watch->Read(&event));
  EXPECT_EQ(ReasonOf(rpc::FromGrpc(watch->Finish())), "INVALID_FIELDS");
}

TEST_F(SyncsApiTest, AWatchOfOneIntegrationTellsOfNoOther) {
  const std::string id = MustTrigger("r1").sync_log().integration_id();
  grpc::ClientContext context;
  v1::WatchSyncsRequest request;
  request.add_integration_ids(id);
  const auto watch = syncs_->WatchSyncs(&context, request);
  v1::WatchSyncsResponse event;
  ASSERT_TRUE(watch->Read(&event));
  EXPECT_TRUE(event.snapshot_begin());
  ASSERT_TRUE(watch->Read(&event));
  EXPECT_EQ(event.integration().id(), id);
  EXPECT_EQ(event.integration().active_sync().status(), v1::PENDING);
  ASSERT_TRUE(watch->Read(&event));
  EXPECT_TRUE(event.snapshot_end());
  Query("INSERT INTO syncline.integrations (name, type) VALUES ('another', 'MANUAL')");
  v1::CancelSyncRequest cancel;
  cancel.set_sync_log_id(MustTrigger("r2").run_id());
  v1::SyncLog log;
  ASSERT_TRUE(Call(syncs_, &v1::SyncService::Stub::CancelSync, cancel, &log).ok());
  do {
    ASSERT_TRUE(watch->Read(&event));
    EXPECT_EQ(event.integration().id(), id);
  } while (event.integration().has_active_sync());
  EXPECT_EQ(event.integration().last_sync().error_class(), v1::CANCELLED);
  EXPECT_NE(event.resume_token(), "");
  context.TryCancel();
}

TEST_F(SyncsApiTest, ExecutorsAndQueue) {
  Query(
      "INSERT INTO syncline.executors (process_id, name, version, slots, busy, connector_types)"
      " VALUES (gen_random_uuid(), 'e1', '0.1.0', 64, 5, '{REST}')");
  v1::ListExecutorsResponse executors;
  ASSERT_TRUE(Call(diagnostics_, &v1::DiagnosticsService::Stub::ListExecutors,
                   v1::ListExecutorsRequest(), &executors)
                  .ok());
  ASSERT_THAT(executors.executors(), SizeIs(1));
  const v1::Executor& executor = executors.executors(0);
  EXPECT_EQ(executor.name() + " " + executor.version(), "e1 0.1.0");
  EXPECT_THAT(executor.process_id(), SizeIs(36));
  EXPECT_EQ(executor.slots() + executor.busy(), 69);
  EXPECT_TRUE(executor.alive() && !executor.draining() && executor.has_start_time() &&
              executor.has_last_heard_time());
  EXPECT_THAT(executor.connector_types(), ElementsAre("REST"));
  v1::QueueStats stats;
  ASSERT_TRUE(Call(diagnostics_, &v1::DiagnosticsService::Stub::GetQueueStats,
                   v1::GetQueueStatsRequest(), &stats)
                  .ok());
  EXPECT_EQ(stats.due(), 1);
  EXPECT_EQ(stats.slots(), 64);
  MustTrigger("r1");
  stats.Clear();
  ASSERT_TRUE(Call(diagnostics_, &v1::DiagnosticsService::Stub::GetQueueStats,
                   v1::GetQueueStatsRequest(), &stats)
                  .ok());
  EXPECT_EQ(stats.due(), 0);
  ASSERT_THAT(stats.pending(), SizeIs(1));
  EXPECT_EQ(stats.pending(0).wait_reason(), "SLOT");
  v1::ExplainIntegrationResponse explained;
  v1::ExplainIntegrationRequest explain;
  EXPECT_EQ(ReasonOf(Call(diagnostics_, &v1::DiagnosticsService::Stub::ExplainIntegration, explain,
                          &explained)),
            "INVALID_FIELDS");
  explain.set_integration_id(MustTrigger("r2").sync_log().integration_id());
  ASSERT_TRUE(
      Call(diagnostics_, &v1::DiagnosticsService::Stub::ExplainIntegration, explain, &explained)
          .ok());
  EXPECT_THAT(explained.text(), ::testing::HasSubstr("5 of 64 slots taken on 1 executor"));
}

}  // namespace
}  // namespace syncline
