// Every field of the public API has its place in REST, or a reason why not: walks the descriptors,
// so that a new field cannot be forgotten.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/message.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/timestamp.pb.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>
#include <string>

#include "gateway/json/diagnostics_json.h"
#include "gateway/json/integration_json.h"
#include "gateway/json/sync_json.h"

namespace syncline::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// What is not simply the field's name in camelCase.
const std::map<std::string, std::string>& Names() {
  static const auto* names = new std::map<std::string, std::string>{
      {"syncline.v1.Integration.create_time", "createdAt"},
      {"syncline.v1.Integration.update_time", "updatedAt"},
      {"syncline.v1.SyncLog.create_time", "createdAt"},
      {"syncline.v1.SyncLog.start_time", "startedAt"},
      {"syncline.v1.SyncLog.end_time", "completedAt"},
      {"syncline.v1.LastSync.start_time", "startedAt"},
      {"syncline.v1.LastSync.end_time", "completedAt"},
      {"syncline.v1.Record.create_time", "createdAt"},
      {"syncline.v1.Record.update_time", "updatedAt"},
      {"syncline.v1.Executor.start_time", "startedAt"},
      {"syncline.v1.Executor.last_heard_time", "lastHeardAt"},
  };
  return *names;
}

// Fields that do not come out, and why.
const std::map<std::string, std::string>& Hidden() {
  static const auto* hidden = new std::map<std::string, std::string>{
      {"syncline.v1.Integration.credentials", "goes in and never comes out"},
      {"syncline.v1.Integration.sync_settings", "its fields stand beside the others"},
  };
  return *hidden;
}

// Sets the field, and all below it, to something that is not its default.
void Fill(Message& message, const FieldDescriptor& field);

void FillAll(Message& message) {
  const Descriptor& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) Fill(message, *type.field(i));
}

Message& Below(Message& message, const FieldDescriptor& field) {
  const auto& reflection = *message.GetReflection();
  return field.is_repeated() ? *reflection.AddMessage(&message, &field)
                             : *reflection.MutableMessage(&message, &field);
}

void Fill(Message& message, const FieldDescriptor& field) {
  const auto& reflection = *message.GetReflection();
  if (field.is_map()) return;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      Message& below = Below(message, field);
      if (auto* time = dynamic_cast<google::protobuf::Timestamp*>(&below)) {
        time->set_seconds(1'000'000);
      } else if (auto* duration = dynamic_cast<google::protobuf::Duration*>(&below)) {
        duration->set_seconds(77);
      } else if (auto* object = dynamic_cast<google::protobuf::Struct*>(&below)) {
        (*object->mutable_fields())["a"].set_number_value(1);
      } else {
        FillAll(below);
      }
      break;
    }
    case FieldDescriptor::CPPTYPE_STRING:
      if (field.is_repeated()) {
        reflection.AddString(&message, &field, "text");
      } else {
        reflection.SetString(&message, &field, "text");
      }
      break;
    case FieldDescriptor::CPPTYPE_ENUM:
      reflection.SetEnumValue(&message, &field, 1);
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      reflection.SetBool(&message, &field, true);
      break;
    case FieldDescriptor::CPPTYPE_INT32:
      reflection.SetInt32(&message, &field, 7);
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      reflection.SetInt64(&message, &field, 7);
      break;
    default:
      FAIL() << "a type that this test does not know: " << field.full_name();
  }
}

// Every field, set alone, changes the member of its name.
template <typename Proto>
void ExpectEveryFieldOut(const std::function<Json(const Proto&)>& to_json, const Proto& base = {}) {
  const Json empty = to_json(base);
  const Descriptor& type = *Proto::descriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (Hidden().contains(field.full_name())) continue;
    const auto renamed = Names().find(field.full_name());
    const std::string name = renamed == Names().end() ? field.json_name() : renamed->second;
    ASSERT_TRUE(empty.contains(name)) << field.full_name() << " has no place: " << empty.dump();
    Proto message = base;
    Fill(message, field);
    EXPECT_NE(to_json(message).at(name), empty.at(name)) << field.full_name();
  }
}

TEST(ProtoCoverage, EveryFieldComesOut) {
  ExpectEveryFieldOut<v1::Integration>(
      [](const v1::Integration& message) { return ToJson(message, Detail::kFull); });
  ExpectEveryFieldOut<v1::SyncLog>([](const v1::SyncLog& message) { return ToJson(message); });
  ExpectEveryFieldOut<v1::LastSync>([](const v1::LastSync& message) { return ToJson(message); });
  ExpectEveryFieldOut<v1::SyncCounts>(
      [](const v1::SyncCounts& message) { return ToJson(message); });
  ExpectEveryFieldOut<v1::Record>([](const v1::Record& message) { return ToJson(message); });
  ExpectEveryFieldOut<v1::Executor>([](const v1::Executor& message) { return ToJson(message); });
  ExpectEveryFieldOut<v1::QueueStats>(
      [](const v1::QueueStats& message) { return ToJson(message); });
  ExpectEveryFieldOut<v1::CheckIntegrationResponse>(
      [](const v1::CheckIntegrationResponse& message) { return ToJson(message); });
  ExpectEveryFieldOut<v1::SyncSettings>([](const v1::SyncSettings& message) {
    v1::Integration integration;
    *integration.mutable_sync_settings() = message;
    return ToJson(integration, Detail::kFull);
  });
  ExpectEveryFieldOut<v1::PendingStats>([](const v1::PendingStats& message) {
    v1::QueueStats stats;
    *stats.add_pending() = message;
    return ToJson(stats).at("pending").at(0);
  });
}

TEST(ProtoCoverage, CredentialsNeverComeOut) {
  v1::Integration integration;
  FillAll(integration);
  (*integration.mutable_credentials())["token"] = "CANARY-1";
  for (const Detail detail : {Detail::kState, Detail::kFull})
    EXPECT_EQ(ToJson(integration, detail).dump().find("CANARY"), std::string::npos);
  EXPECT_FALSE(ToJson(integration, Detail::kState).contains("config"));
}

// Where the fields of requests stand in REST. routes_test.cc sends each.
TEST(ProtoCoverage, EveryFieldOfARequestHasAPlace) {
  const std::map<std::string, std::string> places = {
      {"CreateIntegrationRequest.integration", "body"},
      {"CreateIntegrationRequest.request_id", "Idempotency-Key"},
      {"GetIntegrationRequest.integration_id", "path"},
      {"GetIntegrationRequest.tenant_id", "tenantId"},
      {"ListIntegrationsRequest.tenant_id", "tenantId"},
      {"ListIntegrationsRequest.page_size", "pageSize"},
      {"ListIntegrationsRequest.page_token", "cursor"},
      {"ListIntegrationsRequest.search", "search"},
      {"ListIntegrationsRequest.statuses", "status"},
      {"ListIntegrationsRequest.count_total", "on the first page"},
      {"ListIntegrationsResponse.integrations", "integrations"},
      {"ListIntegrationsResponse.next_page_token", "nextCursor"},
      {"ListIntegrationsResponse.total", "total"},
      {"ListIntegrationsResponse.total_is_lower_bound", "totalIsLowerBound"},
      {"UpdateIntegrationRequest.integration", "body"},
      {"UpdateIntegrationRequest.update_mask", "PUT: all; PATCH: the members that are there"},
      {"DeleteIntegrationRequest.integration_id", "path"},
      {"DeleteIntegrationRequest.tenant_id", "tenantId"},
      {"DeleteIntegrationRequest.version", "If-Match"},
      {"UpdateSyncSettingsRequest.integration_id", "path"},
      {"UpdateSyncSettingsRequest.tenant_id", "tenantId"},
      {"UpdateSyncSettingsRequest.sync_settings", "body"},
      {"UpdateSyncSettingsRequest.update_mask", "the members that are there"},
      {"UpdateSyncSettingsRequest.version", "If-Match"},
      {"CheckIntegrationRequest.integration_id", "integrationId"},
      {"CheckIntegrationRequest.integration", "integration"},
      {"CheckIntegrationRequest.tenant_id", "tenantId"},
      {"CheckIntegrationRequest.stream", "stream"},
      {"TriggerSyncRequest.integration_id", "path"},
      {"TriggerSyncRequest.request_id", "Idempotency-Key"},
      {"TriggerSyncRequest.after_current", "afterCurrent"},
      {"TriggerSyncRequest.tenant_id", "tenantId"},
      {"TriggerSyncResponse.run_id", "runId of the SyncLog"},
      {"TriggerSyncResponse.sync_log", "the answer"},
      {"TriggerSyncResponse.joined", "joined"},
      {"TriggerSyncResponse.wait_reason", "waitReason of the SyncLog"},
      {"TriggerSyncResponse.wait_until", "waitUntil of the SyncLog"},
      {"CancelSyncRequest.sync_log_id", "path"},
      {"CancelSyncRequest.tenant_id", "tenantId"},
      {"GetSyncLogRequest.sync_log_id", "path"},
      {"GetSyncLogRequest.tenant_id", "tenantId"},
      {"ListSyncLogsRequest.integration_id", "path"},
      {"ListSyncLogsRequest.tenant_id", "tenantId"},
      {"ListSyncLogsRequest.status", "status"},
      {"ListSyncLogsRequest.trigger", "trigger"},
      {"ListSyncLogsRequest.run_id", "runId"},
      {"ListSyncLogsRequest.created_after", "createdAfter"},
      {"ListSyncLogsRequest.created_before", "createdBefore"},
      {"ListSyncLogsRequest.page_size", "pageSize"},
      {"ListSyncLogsRequest.page_token", "cursor"},
      {"ListSyncLogsRequest.skip", "page"},
      {"ListSyncLogsRequest.count_total", "on numbered pages"},
      {"ListSyncLogsResponse.sync_logs", "logs"},
      {"ListSyncLogsResponse.next_page_token", "nextCursor"},
      {"ListSyncLogsResponse.total", "total"},
      {"ListSyncLogsResponse.total_is_lower_bound", "totalIsLowerBound"},
      {"WatchSyncsRequest.tenant_id", "tenantId"},
      {"WatchSyncsRequest.integration_ids", "integrationId, told apart in the gateway"},
      {"WatchSyncsRequest.resume_token", "the gateway's own; clients have Last-Event-ID"},
      {"WatchSyncsResponse.integration", "event integration"},
      {"WatchSyncsResponse.deleted_integration_id", "event deleted"},
      {"WatchSyncsResponse.snapshot_end", "event snapshot-end"},
      {"WatchSyncsResponse.snapshot_begin", "event snapshot-begin"},
      {"WatchSyncsResponse.resumed", "event resumed"},
      {"WatchSyncsResponse.resume_token", "the gateway's own; clients have Last-Event-ID"},
      {"ListRecordsRequest.integration_id", "path"},
      {"ListRecordsRequest.tenant_id", "tenantId"},
      {"ListRecordsRequest.stream", "stream"},
      {"ListRecordsRequest.changed_after", "changedAfter"},
      {"ListRecordsRequest.page_size", "pageSize"},
      {"ListRecordsRequest.page_token", "cursor"},
      {"ListRecordsRequest.key_prefix", "keyPrefix"},
      {"ListRecordsResponse.records", "records"},
      {"ListRecordsResponse.next_page_token", "nextCursor"},
      {"ListRecordsResponse.last_change_no", "lastChangeNo"},
      {"ListExecutorsResponse.executors", "executors"},
      {"ExplainIntegrationRequest.integration_id", "path"},
      {"ExplainIntegrationRequest.tenant_id", "tenantId"},
      {"ExplainIntegrationResponse.text", "text"},
  };
  const std::set<std::string> mapped = {
      "Integration", "SyncSettings", "LastSync",   "SyncLog",      "SyncCounts",
      "Record",      "Executor",     "QueueStats", "PendingStats", "CheckIntegrationResponse"};
  for (const auto* file :
       {v1::Integration::descriptor()->file(), v1::SyncLog::descriptor()->file(),
        v1::CreateIntegrationRequest::descriptor()->file(),
        v1::TriggerSyncRequest::descriptor()->file(), v1::QueueStats::descriptor()->file()}) {
    for (int i = 0; i < file->message_type_count(); ++i) {
      const Descriptor& type = *file->message_type(i);
      if (mapped.contains(type.name())) continue;
      for (int k = 0; k < type.field_count(); ++k)
        EXPECT_TRUE(places.contains(type.name() + "." + type.field(k)->name()))
            << type.field(k)->full_name() << " has no place in REST";
    }
  }
}

}  // namespace
}  // namespace syncline::gateway
