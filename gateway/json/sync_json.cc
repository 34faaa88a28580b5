#include "gateway/json/sync_json.h"

#include "gateway/json/proto_values.h"

namespace syncline::gateway {
namespace {

// What an attempt brought and is kept; what was rejected is no record.
Json RecordsCount(const v1::SyncCounts& counts) {
  return counts.created() + counts.updated() + counts.unchanged();
}

}  // namespace

Json ToJson(const v1::SyncCounts& counts) {
  return {{"fetched", counts.fetched()}, {"created", counts.created()},
          {"updated", counts.updated()}, {"unchanged", counts.unchanged()},
          {"deleted", counts.deleted()}, {"rejected", counts.rejected()},
          {"pages", counts.pages()},     {"takeovers", counts.takeovers()}};
}

Json ToJson(const v1::SyncLog& log) {
  return {{"id", log.id()},
          {"runId", log.run_id()},
          {"integrationId", log.integration_id()},
          {"tenantId", log.tenant_id()},
          {"status", EnumOrNull(log.status(), v1::SyncStatus_Name)},
          {"trigger", EnumOrNull(log.trigger(), v1::SyncLog::Trigger_Name)},
          {"attempt", log.attempt()},
          {"createdAt", TimeText(log.create_time())},
          {"startedAt", TimeOrNull(log.has_start_time(), log.start_time())},
          {"completedAt", TimeOrNull(log.has_end_time(), log.end_time())},
          {"duration", Milliseconds(log.duration())},
          {"recordsCount", RecordsCount(log.counts())},
          {"counts", ToJson(log.counts())},
          {"errorClass", EnumOrNull(log.error_class(), v1::ErrorClass_Name)},
          {"errorMessage", TextOrNull(log.error_message())},
          {"httpStatus", log.http_status() == 0 ? Json(nullptr) : Json(log.http_status())},
          {"executor", TextOrNull(log.executor())},
          {"epoch", log.epoch()},
          {"waitReason", EnumOrNull(log.wait_reason(), v1::WaitReason_Name)},
          {"waitDetail", TextOrNull(log.wait_detail())},
          {"waitUntil", TimeOrNull(log.has_wait_until(), log.wait_until())},
          {"rejectedReasons", Json(std::vector<std::string>(log.rejected_reasons().begin(),
                                                            log.rejected_reasons().end()))}};
}

Json ToJson(const v1::LastSync& last) {
  return {{"syncLogId", last.sync_log_id()},
          {"runId", last.run_id()},
          {"status", EnumOrNull(last.status(), v1::SyncStatus_Name)},
          {"startedAt", TimeOrNull(last.has_start_time(), last.start_time())},
          {"completedAt", TimeText(last.end_time())},
          {"duration", Milliseconds(last.duration())},
          {"recordsCount", RecordsCount(last.counts())},
          {"counts", ToJson(last.counts())},
          {"errorClass", EnumOrNull(last.error_class(), v1::ErrorClass_Name)},
          {"errorMessage", TextOrNull(last.error_message())}};
}

Json ToJson(const v1::Record& record) {
  return {{"stream", record.stream()},
          {"key", record.key()},
          {"data", FromStruct(record.data())},
          {"changeNo", record.change_no()},
          {"deleted", record.deleted()},
          {"createdAt", TimeText(record.create_time())},
          {"updatedAt", TimeText(record.update_time())}};
}

}  // namespace syncline::gateway
