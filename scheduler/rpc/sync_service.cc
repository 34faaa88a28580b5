#include "scheduler/rpc/sync_service.h"

#include <algorithm>
#include <utility>

#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "common/rpc/proto_time.h"
#include "common/rpc/unary.h"
#include "scheduler/rpc/field_checks.h"
#include "scheduler/rpc/mapping.h"
#include "scheduler/rpc/sync_validation.h"
#include "scheduler/rpc/watch_stream.h"

namespace syncline::scheduler {
namespace {

// As many of `items` as fit a page, and the token of the rest. `items` holds one more than the
// page, if there are more.
template <typename Item, typename Proto, typename Response>
std::size_t FillPage(const std::vector<Item>& items, int page_size, const PageTokens& tokens,
                     const google::protobuf::Message& request,
                     google::protobuf::RepeatedPtrField<Proto>& page, Response& response) {
  std::size_t bytes = 0;
  std::size_t taken = 0;
  for (; taken < items.size() && taken < static_cast<std::size_t>(page_size); ++taken) {
    Proto proto;
    ToProto(items[taken], proto);
    bytes += proto.ByteSizeLong();
    if (bytes > kLargestPageBytes && taken > 0) break;
    *page.Add() = std::move(proto);
  }
  if (taken < items.size())
    response.set_next_page_token(tokens.Make(request, PositionOf(items[taken - 1])));
  return taken;
}

template <typename Request>
absl::Status CheckLogName(const Request& request) {
  Violations violations;
  CheckTenant(request.tenant_id(), "tenant_id", violations);
  CheckUuid(request.sync_log_id(), "sync_log_id", violations);
  return ToStatus(violations);
}

absl::Status GetLog(SyncJournal& journal, const v1::GetSyncLogRequest& request,
                    v1::SyncLog& response) {
  RETURN_IF_ERROR(CheckLogName(request));
  ASSIGN_OR_RETURN(const SyncLog log, journal.GetLog(request.tenant_id(), request.sync_log_id()));
  ToProto(log, response);
  return absl::OkStatus();
}

}  // namespace

SyncService::SyncService(SyncServiceOptions options)
    : workers_(*options.workers),
      journal_(*options.journal),
      directory_(*options.directory),
      hub_(*options.hub),
      tokens_(options.encryption_keys),
      wake_(std::move(options.wake)) {}

absl::Status SyncService::Trigger(const v1::TriggerSyncRequest& request,
                                  v1::TriggerSyncResponse& response) {
  ASSIGN_OR_RETURN(const SyncTrigger trigger, DecodeTrigger(request));
  ASSIGN_OR_RETURN(const TriggeredSync triggered, journal_.Trigger(trigger));
  response.set_run_id(triggered.run_id);
  response.set_joined(triggered.joined);
  if (triggered.log) {
    ToProto(*triggered.log, *response.mutable_sync_log());
    response.set_wait_reason(response.sync_log().wait_reason());
    if (triggered.log->wait_until)
      *response.mutable_wait_until() = rpc::ToProto(*triggered.log->wait_until);
  }
  return absl::OkStatus();
}

absl::Status SyncService::Cancel(const v1::CancelSyncRequest& request, v1::SyncLog& response) {
  RETURN_IF_ERROR(CheckLogName(request));
  ASSIGN_OR_RETURN(const SyncLog log, journal_.Cancel(request.tenant_id(), request.sync_log_id()));
  wake_();
  ToProto(log, response);
  return absl::OkStatus();
}

absl::Status SyncService::ListLogs(const v1::ListSyncLogsRequest& request,
                                   v1::ListSyncLogsResponse& response) {
  ASSIGN_OR_RETURN(SyncLogQuery query, DecodeLogQuery(request, tokens_));
  const int page_size = query.limit++;
  ASSIGN_OR_RETURN(const std::vector<SyncLog> logs, journal_.ListLogs(query));
  FillPage(logs, page_size, tokens_, request, *response.mutable_sync_logs(), response);
  if (!request.count_total()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const ListTotal total, journal_.CountLogs(query));
  SetTotal(total, response);
  return absl::OkStatus();
}

absl::Status SyncService::ReadRecords(const v1::ListRecordsRequest& request,
                                      v1::ListRecordsResponse& response) {
  ASSIGN_OR_RETURN(RecordQuery query, DecodeRecordQuery(request, tokens_));
  const int page_size = query.limit++;
  ASSIGN_OR_RETURN(const std::vector<Record> records, journal_.ListRecords(query));
  const std::size_t taken =
      FillPage(records, page_size, tokens_, request, *response.mutable_records(), response);
  if (!query.changed_after) return absl::OkStatus();
  // At the end everything up to the last change is told; before, the last change number may have
  // more records to come.
  const std::int64_t known = query.after_key ? query.after_change_no : *query.changed_after;
  const std::int64_t last = taken == 0 ? known : records[taken - 1].change_no;
  const bool more = !response.next_page_token().empty();
  response.set_last_change_no(more ? std::max(*query.changed_after, last - 1) : last);
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* SyncService::TriggerSync(grpc::CallbackServerContext* context,
                                                   const v1::TriggerSyncRequest* request,
                                                   v1::TriggerSyncResponse* response) {
  return rpc::Unary(workers_, context, request, response,
                    [this](const v1::TriggerSyncRequest& req, v1::TriggerSyncResponse* res) {
                      return Trigger(req, *res);
                    });
}

grpc::ServerUnaryReactor* SyncService::CancelSync(grpc::CallbackServerContext* context,
                                                  const v1::CancelSyncRequest* request,
                                                  v1::SyncLog* response) {
  return rpc::Unary(
      workers_, context, request, response,
      [this](const v1::CancelSyncRequest& req, v1::SyncLog* res) { return Cancel(req, *res); });
}

grpc::ServerUnaryReactor* SyncService::GetSyncLog(grpc::CallbackServerContext* context,
                                                  const v1::GetSyncLogRequest* request,
                                                  v1::SyncLog* response) {
  return rpc::Unary(workers_, context, request, response,
                    [this](const v1::GetSyncLogRequest& req, v1::SyncLog* res) {
                      return GetLog(journal_, req, *res);
                    });
}

grpc::ServerUnaryReactor* SyncService::ListSyncLogs(grpc::CallbackServerContext* context,
                                                    const v1::ListSyncLogsRequest* request,
                                                    v1::ListSyncLogsResponse* response) {
  return rpc::Unary(workers_, context, request, response,
                    [this](const v1::ListSyncLogsRequest& req, v1::ListSyncLogsResponse* res) {
                      return ListLogs(req, *res);
                    });
}

grpc::ServerWriteReactor<v1::WatchSyncsResponse>* SyncService::WatchSyncs(
    grpc::CallbackServerContext*, const v1::WatchSyncsRequest* request) {
  auto stream = std::make_shared<WatchStream>(
      WatchStream::Parts{.workers = &workers_, .hub = &hub_, .directory = &directory_});
  WatchStream* raw = stream.get();  // gRPC keeps it until OnDone
  auto filter = DecodeWatch(*request);
  if (filter.ok()) {
    stream->Start(*std::move(filter), request->resume_token());
  } else {
    stream->Refuse(filter.status());
  }
  return raw;
}

grpc::ServerUnaryReactor* SyncService::ListRecords(grpc::CallbackServerContext* context,
                                                   const v1::ListRecordsRequest* request,
                                                   v1::ListRecordsResponse* response) {
  return rpc::Unary(workers_, context, request, response,
                    [this](const v1::ListRecordsRequest& req, v1::ListRecordsResponse* res) {
                      return ReadRecords(req, *res);
                    });
}

}  // namespace syncline::scheduler
