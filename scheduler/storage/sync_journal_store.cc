#include "scheduler/storage/sync_journal_store.h"

#include <optional>
#include <string_view>

#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "common/base/text_time.h"
#include "scheduler/storage/cancellation.h"
#include "scheduler/storage/integration_row.h"
#include "scheduler/storage/sync_log_row.h"
#include "scheduler_queries.h"

namespace syncline::scheduler {
namespace {

using postgres::Connection;
using postgres::Params;
using postgres::Result;
using postgres::Row;

constexpr char kAfterAllIds[] = "ffffffff-ffff-ffff-ffff-ffffffffffff";

constexpr char kCancelledMessage[] = "cancelled";

absl::Status NoSuchLog(const std::string& log_id) {
  return ReasonError(absl::StatusCode::kNotFound, "SYNC_LOG_NOT_FOUND",
                     "no SyncLog '" + log_id + "'", {{"sync_log_id", log_id}});
}

std::string TimeOr(const std::optional<absl::Time>& time, const char* infinite) {
  return time ? FormatPostgresTime(*time) : infinite;
}

// The statements whose plans fit the question.
struct LogStatements {
  std::string_view list, count;
};

LogStatements PickLogStatements(const SyncLogQuery& query, bool of_integration) {
  if (!query.run_id.empty()) return {queries::kListSyncLogsOfRun, queries::kCountSyncLogsOfRun};
  if (query.status == "PENDING" || query.status == "RUNNING")
    return {queries::kListActiveSyncLogs, queries::kCountActiveSyncLogs};
  if (!of_integration) return {queries::kListSyncLogsOfTenant, queries::kCountSyncLogsOfTenant};
  if (query.status == "FAILED") {
    return {queries::kListFailedSyncLogsOfIntegration, queries::kCountFailedSyncLogsOfIntegration};
  }
  return {queries::kListSyncLogsOfIntegration, queries::kCountSyncLogsOfIntegration};
}

Params FilterParams(const SyncLogQuery& query, const std::string& integration_id) {
  Params params;
  params.Add(query.tenant_id)
      .AddNonEmpty(integration_id)
      .AddNonEmpty(query.status)
      .AddNonEmpty(query.trigger)
      .Add(TimeOr(query.created_from, "-infinity"))
      .Add(TimeOr(query.created_before, "infinity"));
  return params;
}

Params ListParams(const SyncLogQuery& query, const std::string& integration_id) {
  const bool first_page = query.after_id.empty();
  Params params = FilterParams(query, integration_id);
  params.Add(first_page ? "infinity" : FormatPostgresTime(query.after_created_at))
      .Add(first_page ? kAfterAllIds : query.after_id)
      .Add(query.limit)
      .Add(query.skip);
  if (!query.run_id.empty()) params.Add(query.run_id);
  return params;
}

Params CountParams(const SyncLogQuery& query, const std::string& integration_id) {
  Params params = FilterParams(query, integration_id);
  params.Add(kMostCounted + 1);
  if (!query.run_id.empty()) params.Add(query.run_id);
  return params;
}

// Our id of the query's integration; empty for the whole tenant.
absl::StatusOr<std::string> ResolveFilter(Connection& connection, const SyncLogQuery& query) {
  if (query.integration_id.empty()) return std::string();
  return ResolveIntegration(connection, {query.tenant_id, query.integration_id});
}

Record ToRecord(const Row& row) {
  Record record;
  record.stream = row.String("stream");
  record.key = row.String("key");
  record.data_json = row.String("data");
  record.change_no = row.Int("change_no");
  record.deleted = row.Bool("is_deleted");
  record.created_at = row.Time("created_at").value_or(absl::UnixEpoch());
  record.updated_at = row.Time("updated_at").value_or(absl::UnixEpoch());
  return record;
}

absl::StatusOr<Result> RunRecordQuery(Connection& connection, const RecordQuery& query,
                                      const std::string& id) {
  Params params;
  params.Add(id);
  if (query.changed_after) {
    const bool first_page = !query.after_key;
    // Before everything of the next change number, since no stream is called ''.
    params.Add(first_page ? *query.changed_after + 1 : query.after_change_no)
        .Add(first_page ? "" : query.after_stream)
        .Add(query.after_key.value_or(""))
        .AddNonEmpty(query.stream)
        .Add(query.limit);
    return connection.Run(queries::kListRecordChanges, params);
  }
  if (!query.stream.empty()) {
    params.Add(query.stream).AddOptional(query.after_key).Add(query.key_prefix).Add(query.limit);
    return connection.Run(queries::kListRecordsOfStream, params);
  }
  params.Add(query.after_stream)
      .Add(query.after_key.value_or(""))
      .Add(query.key_prefix)
      .Add(query.limit);
  return connection.Run(queries::kListRecords, params);
}

}  // namespace

absl::StatusOr<TriggeredSync> SyncJournalStore::Trigger(const SyncTrigger& trigger) {
  const auto slot = dispatch_ != nullptr ? dispatch_->TakeSlot() : std::nullopt;
  const auto made = triggers_.Trigger({trigger.integration.tenant_id, trigger.integration.id,
                                       trigger.request_id, trigger.after_current},
                                      slot);
  if (dispatch_ != nullptr) dispatch_->Settle(slot, made.ok() ? &*made : nullptr);
  ASSIGN_OR_RETURN(const TriggerAnswer answer, made);
  TriggeredSync triggered;
  triggered.run_id = answer.run_id;
  triggered.joined = answer.joined;
  ASSIGN_OR_RETURN(const Result rows,
                   pool_.Run(queries::kReadNewestSyncLog,
                             Params().Add(trigger.integration.tenant_id).Add(answer.run_id)));
  if (!rows.empty()) triggered.log = ToSyncLog(rows[0]);
  return triggered;
}

absl::StatusOr<SyncLog> SyncJournalStore::Cancel(const std::string& tenant_id,
                                                 const std::string& log_id) {
  std::vector<DroppedClaim> dropped;
  std::string run_id;
  bool closed_any = false;
  const absl::Status status = pool_.InTransaction([&](Connection& connection) -> absl::Status {
    ASSIGN_OR_RETURN(const Result found,
                     connection.Run(queries::kFindRun, Params().Add(tenant_id).Add(log_id)));
    if (found.empty()) return NoSuchLog(log_id);
    run_id = found[0].String("run_id");
    const std::string integration_id = found[0].String("integration_id");
    RETURN_IF_ERROR(
        connection.Run(queries::kLockIntegrationById, Params().Add(integration_id)).status());
    ASSIGN_OR_RETURN(const Result closed, CloseRuns(connection, integration_id, kCancelledMessage,
                                                    Closing::kRun, run_id));
    closed_any = !closed.empty();
    AddDropped(closed, dropped);
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  if (on_dropped_ != nullptr && !dropped.empty()) on_dropped_(dropped);
  ASSIGN_OR_RETURN(const Result newest,
                   pool_.Run(queries::kReadNewestSyncLog, Params().Add(tenant_id).Add(run_id)));
  if (newest.empty()) return NoSuchLog(log_id);
  SyncLog log = ToSyncLog(newest[0]);
  // A repetition meets what the first call left.
  if (closed_any || log.error_class == "CANCELLED") return log;
  return ReasonError(absl::StatusCode::kFailedPrecondition, "SYNC_ENDED",
                     "the run has ended with " + log.status + " before it was cancelled",
                     {{"run_id", run_id}, {"status", log.status}});
}

absl::StatusOr<SyncLog> SyncJournalStore::GetLog(const std::string& tenant_id,
                                                 const std::string& log_id) {
  ASSIGN_OR_RETURN(const Result rows,
                   pool_.Run(queries::kGetSyncLog, Params().Add(tenant_id).Add(log_id)));
  if (rows.empty()) return NoSuchLog(log_id);
  return ToSyncLog(rows[0]);
}

absl::StatusOr<std::vector<SyncLog>> SyncJournalStore::ListLogs(const SyncLogQuery& query) {
  std::vector<SyncLog> logs;
  RETURN_IF_ERROR(pool_.With([&](Connection& connection) -> absl::Status {
    ASSIGN_OR_RETURN(const std::string id, ResolveFilter(connection, query));
    ASSIGN_OR_RETURN(const Result rows, connection.Run(PickLogStatements(query, !id.empty()).list,
                                                       ListParams(query, id)));
    for (const Row row : rows) logs.push_back(ToSyncLog(row));
    if (!logs.empty() || id.empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const Result owner, connection.Run(queries::kLookUpHistoryOwner,
                                                        Params().Add(query.tenant_id).Add(id)));
    return owner[0].Bool("known") ? absl::OkStatus() : NoSuchIntegration(query.integration_id);
  }));
  return logs;
}

absl::StatusOr<ListTotal> SyncJournalStore::CountLogs(const SyncLogQuery& query) {
  std::int64_t counted = 0;
  RETURN_IF_ERROR(pool_.With([&](Connection& connection) -> absl::Status {
    ASSIGN_OR_RETURN(const std::string id, ResolveFilter(connection, query));
    ASSIGN_OR_RETURN(const Result rows, connection.Run(PickLogStatements(query, !id.empty()).count,
                                                       CountParams(query, id)));
    counted = rows[0].Int("total");
    return absl::OkStatus();
  }));
  return ListTotal::Of(counted);
}

absl::StatusOr<std::vector<Record>> SyncJournalStore::ListRecords(const RecordQuery& query) {
  std::vector<Record> records;
  RETURN_IF_ERROR(pool_.With([&](Connection& connection) -> absl::Status {
    ASSIGN_OR_RETURN(const std::string id, ResolveIntegration(connection, query.integration));
    ASSIGN_OR_RETURN(const Result owner,
                     connection.Run(queries::kCheckIntegration,
                                    Params().Add(query.integration.tenant_id).Add(id)));
    if (owner.empty()) return NoSuchIntegration(query.integration.id);
    ASSIGN_OR_RETURN(const Result rows, RunRecordQuery(connection, query, id));
    for (const Row row : rows) records.push_back(ToRecord(row));
    return absl::OkStatus();
  }));
  return records;
}

}  // namespace syncline::scheduler
