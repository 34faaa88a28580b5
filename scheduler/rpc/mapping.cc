#include "scheduler/rpc/mapping.h"

#include "common/rpc/proto_time.h"
#include "scheduler/rpc/json_struct.h"

namespace syncline::scheduler {
namespace {

void ToProto(const SyncCounts& counts, v1::SyncCounts& proto) {
  proto.set_fetched(counts.fetched);
  proto.set_created(counts.created);
  proto.set_updated(counts.updated);
  proto.set_unchanged(counts.unchanged);
  proto.set_deleted(counts.deleted);
  proto.set_rejected(counts.rejected);
  proto.set_pages(counts.pages);
  proto.set_takeovers(counts.takeovers);
}

// The enum value of a stored name; UNSPECIFIED for none, and for one that this build does not know.
template <typename Enum, typename Parse>
Enum FromName(const std::string& name, Parse parse) {
  Enum value{};
  if (!name.empty()) parse(name, &value);
  return value;
}

v1::SyncStatus Status(const std::string& name) {
  return FromName<v1::SyncStatus>(name, v1::SyncStatus_Parse);
}
v1::ErrorClass Class(const std::string& name) {
  return FromName<v1::ErrorClass>(name, v1::ErrorClass_Parse);
}

void ToProto(const LastSync& last, v1::LastSync& proto) {
  proto.set_sync_log_id(last.log_id);
  proto.set_run_id(last.run_id);
  proto.set_status(Status(last.status));
  if (last.started_at) *proto.mutable_start_time() = rpc::ToProto(*last.started_at);
  *proto.mutable_end_time() = rpc::ToProto(last.ended_at);
  *proto.mutable_duration() = rpc::ToProto(last.duration);
  ToProto(last.counts, *proto.mutable_counts());
  proto.set_error_class(Class(last.error_class));
  proto.set_error_message(last.error_message);
}

void ToProto(const SyncSettings& settings, v1::SyncSettings& proto) {
  if (settings.interval) *proto.mutable_sync_interval() = rpc::ToProto(*settings.interval);
  proto.set_sync_enabled(settings.enabled);
  proto.set_max_retries(settings.max_retries);
  *proto.mutable_timeout() = rpc::ToProto(settings.timeout);
}

}  // namespace

void ToProto(const SyncLog& log, v1::SyncLog& proto) {
  proto.set_id(log.id);
  proto.set_run_id(log.run_id);
  proto.set_integration_id(log.integration_id);
  proto.set_tenant_id(log.tenant_id);
  proto.set_status(Status(log.status));
  proto.set_trigger(FromName<v1::SyncLog::Trigger>(log.trigger, v1::SyncLog::Trigger_Parse));
  proto.set_attempt(log.attempt);
  *proto.mutable_create_time() = rpc::ToProto(log.created_at);
  if (log.started_at) *proto.mutable_start_time() = rpc::ToProto(*log.started_at);
  if (log.ended_at) *proto.mutable_end_time() = rpc::ToProto(*log.ended_at);
  *proto.mutable_duration() = rpc::ToProto(log.duration);
  ToProto(log.counts, *proto.mutable_counts());
  proto.set_error_class(Class(log.error_class));
  proto.set_error_message(log.error_message);
  proto.set_http_status(log.http_status);
  proto.set_executor(log.executor);
  proto.set_epoch(log.epoch);
  proto.set_wait_reason(FromName<v1::WaitReason>(log.wait_reason, v1::WaitReason_Parse));
  proto.set_wait_detail(log.wait_detail);
  if (log.wait_until) *proto.mutable_wait_until() = rpc::ToProto(*log.wait_until);
  proto.mutable_rejected_reasons()->Assign(log.rejected_reasons.begin(),
                                           log.rejected_reasons.end());
}

void ToProto(const Integration& integration, v1::Integration& proto) {
  proto.set_id(integration.id);
  proto.set_external_id(integration.external_id);
  proto.set_tenant_id(integration.tenant_id);
  proto.set_name(integration.name);
  proto.set_type(FromName<v1::IntegrationType>(integration.type, v1::IntegrationType_Parse));
  *proto.mutable_config() = JsonToStruct(integration.config_json);
  proto.mutable_credential_names()->Assign(integration.credential_names.begin(),
                                           integration.credential_names.end());
  ToProto(integration.settings, *proto.mutable_sync_settings());
  if (integration.next_sync_at)
    *proto.mutable_next_sync_at() = rpc::ToProto(*integration.next_sync_at);
  proto.set_status(
      FromName<v1::IntegrationStatus>(integration.status, v1::IntegrationStatus_Parse));
  proto.set_disabled_reason(integration.disabled_reason);
  proto.set_blocked_reason(integration.blocked_reason);
  proto.set_retry_count(integration.retry_count);
  if (integration.last_sync) ToProto(*integration.last_sync, *proto.mutable_last_sync());
  if (integration.last_success_at) {
    *proto.mutable_last_success_at() = rpc::ToProto(*integration.last_success_at);
  }
  if (integration.active_sync) ToProto(*integration.active_sync, *proto.mutable_active_sync());
  proto.set_version(integration.version);
  *proto.mutable_create_time() = rpc::ToProto(integration.created_at);
  *proto.mutable_update_time() = rpc::ToProto(integration.updated_at);
}

void ToProto(const Record& record, v1::Record& proto) {
  proto.set_stream(record.stream);
  proto.set_key(record.key);
  *proto.mutable_data() = JsonToStruct(record.data_json);
  proto.set_change_no(record.change_no);
  proto.set_deleted(record.deleted);
  *proto.mutable_create_time() = rpc::ToProto(record.created_at);
  *proto.mutable_update_time() = rpc::ToProto(record.updated_at);
}

void ToProto(const ExecutorState& executor, v1::Executor& proto) {
  proto.set_process_id(executor.process_id);
  proto.set_name(executor.name);
  proto.set_version(executor.version);
  proto.set_slots(executor.slots);
  proto.set_busy(executor.busy);
  proto.set_alive(executor.alive);
  proto.set_draining(executor.draining);
  *proto.mutable_start_time() = rpc::ToProto(executor.started_at);
  *proto.mutable_last_heard_time() = rpc::ToProto(executor.last_heard);
  proto.mutable_connector_types()->Assign(executor.connector_types.begin(),
                                          executor.connector_types.end());
}

void ToProto(const QueueFigures& figures, v1::QueueStats& proto) {
  proto.set_due(figures.due);
  *proto.mutable_due_lag() = rpc::ToProto(figures.due_lag);
  for (const PendingGroup& group : figures.pending) {
    v1::PendingStats& stats = *proto.add_pending();
    stats.set_wait_reason(group.wait_reason);
    stats.set_count(group.count);
    *stats.mutable_oldest() = rpc::ToProto(group.oldest);
  }
  proto.set_running(figures.running);
  proto.set_dispatching(figures.dispatching);
  proto.set_executors(figures.executors);
  proto.set_slots(figures.slots);
  proto.set_busy_slots(figures.busy_slots);
}

}  // namespace syncline::scheduler
