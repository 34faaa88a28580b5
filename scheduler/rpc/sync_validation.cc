#include "scheduler/rpc/sync_validation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>

#include "absl/strings/numbers.h"
#include "common/base/ids.h"
#include "common/base/status_macros.h"
#include "scheduler/rpc/field_checks.h"

namespace syncline::scheduler {
namespace {

constexpr int kDefaultLogPage = 50;
constexpr int kDefaultRecordPage = 100;
constexpr int kMostSkipped = 10'000;
constexpr int kMostStreamCharacters = 200;
constexpr int kMostPrefixCharacters = 1000;
constexpr int kMostWatched = 1000;

void ReadPosition(const v1::ListSyncLogsRequest& request, const PageTokens& tokens,
                  SyncLogQuery& query, Violations& violations) {
  const auto position = tokens.Read(request);
  std::int64_t micros = 0;
  if (position && position->empty()) return;
  if (!position || position->size() != 2 || !absl::SimpleAtoi((*position)[0], &micros)) {
    violations.push_back(BadPageToken());
    return;
  }
  query.after_created_at = absl::FromUnixMicros(micros);
  query.after_id = (*position)[1];
}

void ReadPosition(const v1::ListRecordsRequest& request, const PageTokens& tokens,
                  RecordQuery& query, Violations& violations) {
  const auto position = tokens.Read(request);
  if (position && position->empty()) return;
  if (!position || position->size() != 3 ||
      !absl::SimpleAtoi((*position)[0], &query.after_change_no)) {
    violations.push_back(BadPageToken());
    return;
  }
  query.after_stream = (*position)[1];
  query.after_key = (*position)[2];
}

void CheckFilters(const v1::ListSyncLogsRequest& request, SyncLogQuery& query,
                  Violations& violations) {
  if (!v1::SyncStatus_IsValid(request.status())) {
    violations.push_back({"status", "is not a status; use PENDING, RUNNING, SUCCESS or FAILED"});
  } else if (request.status() != v1::SYNC_STATUS_UNSPECIFIED) {
    query.status = v1::SyncStatus_Name(request.status());
  }
  if (!v1::SyncLog::Trigger_IsValid(request.trigger())) {
    violations.push_back({"trigger", "is not a trigger; use SCHEDULE, MANUAL or RETRY"});
  } else if (request.trigger() != v1::SyncLog::TRIGGER_UNSPECIFIED) {
    query.trigger = v1::SyncLog::Trigger_Name(request.trigger());
  }
  if (!request.run_id().empty()) CheckUuid(request.run_id(), "run_id", violations);
  query.run_id = request.run_id();
  if (request.has_created_after()) {
    query.created_from = CheckTime(request.created_after(), "created_after", violations);
  }
  if (request.has_created_before()) {
    query.created_before = CheckTime(request.created_before(), "created_before", violations);
  }
}

}  // namespace

absl::StatusOr<SyncTrigger> DecodeTrigger(const v1::TriggerSyncRequest& request) {
  Violations violations;
  SyncTrigger trigger;
  trigger.integration = CheckRef(request.tenant_id(), request.integration_id(), violations);
  CheckRequestId(request.request_id(), violations);
  trigger.request_id = request.request_id().empty() ? NewRandomUuid() : request.request_id();
  trigger.after_current = request.after_current();
  RETURN_IF_ERROR(ToStatus(violations));
  return trigger;
}

absl::StatusOr<WatchFilter> DecodeWatch(const v1::WatchSyncsRequest& request) {
  Violations violations;
  CheckTenant(request.tenant_id(), "tenant_id", violations);
  if (request.integration_ids_size() > kMostWatched)
    violations.push_back({"integration_ids", "must be at most 1000; leave it empty for all"});
  WatchFilter filter;
  filter.tenant_id = request.tenant_id();
  for (int i = 0; i < std::min(request.integration_ids_size(), kMostWatched); ++i) {
    const std::string& id = request.integration_ids(i);
    CheckUuid(id, "integration_ids[" + std::to_string(i) + "]", violations);
    if (const auto uuid = ParseUuid(id)) filter.integration_ids.insert(*uuid);
  }
  RETURN_IF_ERROR(ToStatus(violations));
  return filter;
}

absl::StatusOr<SyncLogQuery> DecodeLogQuery(const v1::ListSyncLogsRequest& request,
                                            const PageTokens& tokens) {
  Violations violations;
  SyncLogQuery query;
  query.tenant_id = request.tenant_id();
  query.integration_id = request.integration_id();
  if (request.integration_id().empty()) {
    CheckTenant(request.tenant_id(), "tenant_id", violations);
  } else {
    CheckRef(request.tenant_id(), request.integration_id(), violations);
  }
  CheckFilters(request, query, violations);
  query.limit = CheckPageSize(request.page_size(), kDefaultLogPage, violations);
  query.skip = request.skip();
  if (request.skip() < 0 || request.skip() > kMostSkipped) {
    violations.push_back({"skip", fmt::format("is {}; use 0 to {}, and next_page_token beyond",
                                              request.skip(), kMostSkipped)});
  }
  ReadPosition(request, tokens, query, violations);
  RETURN_IF_ERROR(ToStatus(violations));
  return query;
}

absl::StatusOr<RecordQuery> DecodeRecordQuery(const v1::ListRecordsRequest& request,
                                              const PageTokens& tokens) {
  Violations violations;
  RecordQuery query;
  query.integration = CheckRef(request.tenant_id(), request.integration_id(), violations);
  CheckText(request.stream(), "stream", kMostStreamCharacters, violations);
  CheckText(request.key_prefix(), "key_prefix", kMostPrefixCharacters, violations);
  query.stream = request.stream();
  query.key_prefix = request.key_prefix();
  if (request.has_changed_after()) {
    query.changed_after = request.changed_after();
    if (request.changed_after() < 0 ||
        request.changed_after() == std::numeric_limits<std::int64_t>::max()) {
      violations.push_back(
          {"changed_after", "must be a change number: last_change_no of an answer, or 0"});
    }
    if (!request.key_prefix().empty()) {
      violations.push_back({"key_prefix", "does not go with changed_after; leave one of them out"});
    }
  }
  query.limit = CheckPageSize(request.page_size(), kDefaultRecordPage, violations);
  ReadPosition(request, tokens, query, violations);
  RETURN_IF_ERROR(ToStatus(violations));
  return query;
}

std::vector<std::string> PositionOf(const SyncLog& log) {
  return {std::to_string(absl::ToUnixMicros(log.created_at)), log.id};
}

std::vector<std::string> PositionOf(const Record& record) {
  return {std::to_string(record.change_no), record.stream, record.key};
}

}  // namespace syncline::scheduler
