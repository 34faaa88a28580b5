#include "gateway/routes/sync_routes.h"

#include <limits>
#include <string>
#include <utility>

#include "gateway/json/object_reader.h"
#include "gateway/json/proto_values.h"
#include "gateway/json/sync_json.h"
#include "gateway/routes/problem.h"
#include "gateway/routes/query_reader.h"
#include "gateway/routes/request_headers.h"

namespace syncline::gateway {
namespace {

constexpr int kDefaultLogs = 20;
constexpr int kMostLogs = 100;
constexpr int kMostRecords = 1000;
constexpr std::int64_t kMostSkipped = 10'000;

Json CursorOrNull(const std::string& token) { return token.empty() ? Json(nullptr) : Json(token); }

HttpResponse Trigger(Backend& backend, const RouteCall& call) {
  Mistakes mistakes;
  QueryReader query(call.request, &mistakes);
  v1::TriggerSyncRequest request;
  request.set_integration_id(call.Parameter("id"));
  request.set_tenant_id(query.Text("tenantId"));
  request.set_request_id(ReadIdempotencyKey(call.request, mistakes));
  query.RefuseUnknown();
  if (!call.body.is_null()) {
    ObjectReader reader(call.body, "", &mistakes);
    request.set_after_current(
        reader.Boolean("afterCurrent", ObjectReader::Need::kOptional).value_or(false));
    reader.RefuseUnknown();
  }
  if (!mistakes.empty()) return MakeProblem(mistakes);
  const auto triggered = backend.Trigger(request);
  if (!triggered.ok()) return MakeProblem(triggered.status());
  if (!triggered->has_sync_log()) {
    return MakeProblem(404, "SYNC_LOG_NOT_FOUND",
                       "the run that this Idempotency-Key started is no longer in the history", {},
                       {{"run_id", triggered->run_id()}});
  }
  Json log = ToJson(triggered->sync_log());
  log["joined"] = triggered->joined();
  HttpResponse response = JsonResponse(202, log);
  std::string location = "/api/sync-logs/" + triggered->sync_log().id();
  if (!request.tenant_id().empty()) location += "?tenantId=" + EncodeSegment(request.tenant_id());
  response.Set("Location", std::move(location));
  return response;
}

HttpResponse Cancel(Backend& backend, const RouteCall& call) {
  Mistakes mistakes;
  QueryReader query(call.request, &mistakes);
  v1::CancelSyncRequest request;
  request.set_sync_log_id(call.Parameter("id"));
  request.set_tenant_id(query.Text("tenantId"));
  query.RefuseUnknown();
  if (!mistakes.empty()) return MakeProblem(mistakes);
  const auto log = backend.Cancel(request);
  return log.ok() ? JsonResponse(200, ToJson(*log)) : MakeProblem(log.status());
}

HttpResponse GetLog(Backend& backend, const RouteCall& call) {
  Mistakes mistakes;
  QueryReader query(call.request, &mistakes);
  v1::GetSyncLogRequest request;
  request.set_sync_log_id(call.Parameter("id"));
  request.set_tenant_id(query.Text("tenantId"));
  query.RefuseUnknown();
  if (!mistakes.empty()) return MakeProblem(mistakes);
  const auto log = backend.GetLog(request);
  return log.ok() ? JsonResponse(200, ToJson(*log)) : MakeProblem(log.status());
}

void ReadTime(QueryReader& query, const std::string& name,
              google::protobuf::Timestamp* (v1::ListSyncLogsRequest::*field)(),
              v1::ListSyncLogsRequest& request) {
  const std::string text = query.Text(name);
  if (text.empty() && !query.Has(name)) return;
  if (const auto time = ParseTime(text)) {
    *(request.*field)() = *time;
  } else {
    query.Complain(name, "must be a time such as 2026-01-31T12:00:00Z");
  }
}

// Sets the filters of a history.
void ReadFilters(QueryReader& query, v1::ListSyncLogsRequest& request) {
  if (query.Has("status")) {
    v1::SyncStatus status = v1::SYNC_STATUS_UNSPECIFIED;
    if (!v1::SyncStatus_Parse(query.Text("status"), &status) ||
        status == v1::SYNC_STATUS_UNSPECIFIED)
      query.Complain("status", "must be PENDING, RUNNING, SUCCESS or FAILED");
    request.set_status(status);
  }
  if (query.Has("trigger")) {
    v1::SyncLog::Trigger trigger = v1::SyncLog::TRIGGER_UNSPECIFIED;
    if (!v1::SyncLog::Trigger_Parse(query.Text("trigger"), &trigger) ||
        trigger == v1::SyncLog::TRIGGER_UNSPECIFIED)
      query.Complain("trigger", "must be SCHEDULE, MANUAL or RETRY");
    request.set_trigger(trigger);
  }
  request.set_run_id(query.Text("runId"));
  if (query.Has("runId") && request.run_id().empty())
    query.Complain("runId", "must be a UUID, as answers give it");
  ReadTime(query, "createdAfter", &v1::ListSyncLogsRequest::mutable_created_after, request);
  ReadTime(query, "createdBefore", &v1::ListSyncLogsRequest::mutable_created_before, request);
}

HttpResponse History(Backend& backend, const RouteCall& call) {
  Mistakes mistakes;
  QueryReader query(call.request, &mistakes);
  v1::ListSyncLogsRequest request;
  request.set_integration_id(call.Parameter("id"));
  request.set_tenant_id(query.Text("tenantId"));
  const auto page = query.Integer("page", 1, kMostSkipped + 1);
  const auto page_size = query.Integer("pageSize", 1, kMostLogs).value_or(kDefaultLogs);
  request.set_page_size(static_cast<int>(page_size));
  request.set_page_token(query.Text("cursor"));
  const bool numbered = request.page_token().empty();
  const std::int64_t skipped = (page.value_or(1) - 1) * page_size;
  if (skipped > kMostSkipped) {
    query.Complain("page",
                   "is too far down: (page - 1) * pageSize is at most 10000; go on with "
                   "nextCursor as cursor");
  }
  if (query.Has("page") && !numbered)
    query.Complain("page", "does not go with cursor; leave one of them out");
  ReadFilters(query, request);
  query.RefuseUnknown();
  if (!mistakes.empty()) return MakeProblem(mistakes);
  if (numbered) {
    request.set_skip(static_cast<int>(skipped));
    request.set_count_total(true);
  }
  const auto logs = backend.ListLogs(request);
  if (!logs.ok()) return MakeProblem(logs.status());
  Json list = Json::array();
  for (const v1::SyncLog& log : logs->sync_logs()) list.push_back(ToJson(log));
  return JsonResponse(200, {{"logs", std::move(list)},
                            {"total", numbered ? Json(logs->total()) : Json(nullptr)},
                            {"totalIsLowerBound", logs->total_is_lower_bound()},
                            {"page", numbered ? Json(page.value_or(1)) : Json(nullptr)},
                            {"pageSize", page_size},
                            {"nextCursor", CursorOrNull(logs->next_page_token())}});
}

HttpResponse Records(Backend& backend, const RouteCall& call) {
  Mistakes mistakes;
  QueryReader query(call.request, &mistakes);
  v1::ListRecordsRequest request;
  request.set_integration_id(call.Parameter("id"));
  request.set_tenant_id(query.Text("tenantId"));
  request.set_stream(query.Text("stream"));
  request.set_key_prefix(query.Text("keyPrefix"));
  const auto changed_after =
      query.Integer("changedAfter", 0, std::numeric_limits<std::int64_t>::max() - 1);
  if (changed_after) request.set_changed_after(*changed_after);
  request.set_page_size(static_cast<int>(query.Integer("pageSize", 1, kMostRecords).value_or(0)));
  request.set_page_token(query.Text("cursor"));
  query.RefuseUnknown();
  if (!mistakes.empty()) return MakeProblem(mistakes);
  const auto records = backend.ListRecords(request);
  if (!records.ok()) return MakeProblem(records.status());
  Json list = Json::array();
  for (const v1::Record& record : records->records()) list.push_back(ToJson(record));
  return JsonResponse(
      200, {{"records", std::move(list)},
            {"nextCursor", CursorOrNull(records->next_page_token())},
            {"lastChangeNo", changed_after ? Json(records->last_change_no()) : Json(nullptr)}});
}

}  // namespace

std::vector<Route> SyncRoutes(Backend* backend) {
  const auto by = [backend](auto* handler) {
    return [backend, handler](const RouteCall& call) { return handler(*backend, call); };
  };
  const std::string one = "/api/integrations/:id";
  return {
      {"POST", one + "/sync", by(Trigger), BodyRule::kOptionalJson},
      {"GET", one + "/sync-history", by(History)},
      {"GET", one + "/records", by(Records)},
      {"GET", "/api/sync-logs/:id", by(GetLog)},
      {"POST", "/api/sync-logs/:id/cancel", by(Cancel)},
  };
}

}  // namespace syncline::gateway
