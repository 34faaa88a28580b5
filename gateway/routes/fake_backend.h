// A Backend of tests: keeps what it was asked, and answers what it was told to.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "gateway/rpc/backend.h"

namespace syncline::gateway {

class FakeBackend final : public Backend {
 public:
  // Every request, as "Name {text format}", in order.
  std::vector<std::string> asked;
  // What calls answer; a status that is not OK is the answer of all.
  absl::Status status;
  v1::Integration integration;
  std::function<absl::StatusOr<v1::Integration>(const v1::GetIntegrationRequest&)> on_get;
  std::function<absl::StatusOr<v1::Integration>(const v1::CreateIntegrationRequest&)> on_create;
  std::function<absl::StatusOr<v1::Integration>(const v1::UpdateIntegrationRequest&)> on_update;
  v1::ListIntegrationsResponse list;
  v1::CheckIntegrationResponse check;
  v1::TriggerSyncResponse triggered;
  v1::SyncLog log;
  v1::ListSyncLogsResponse logs;
  v1::ListRecordsResponse records;
  v1::ListExecutorsResponse executors;
  v1::QueueStats queue;
  v1::ExplainIntegrationResponse explanation;
  std::string problem;

  absl::StatusOr<v1::Integration> Create(const v1::CreateIntegrationRequest& request) override {
    Note("Create", request);
    return on_create ? on_create(request) : Give(integration);
  }
  absl::StatusOr<v1::Integration> Get(const v1::GetIntegrationRequest& request) override {
    Note("Get", request);
    return on_get ? on_get(request) : Give(integration);
  }
  absl::StatusOr<v1::ListIntegrationsResponse> List(
      const v1::ListIntegrationsRequest& request) override {
    Note("List", request);
    return Give(list);
  }
  absl::StatusOr<v1::Integration> Update(const v1::UpdateIntegrationRequest& request) override {
    Note("Update", request);
    return on_update ? on_update(request) : Give(integration);
  }
  absl::StatusOr<v1::Integration> UpdateSettings(
      const v1::UpdateSyncSettingsRequest& request) override {
    Note("UpdateSettings", request);
    return Give(integration);
  }
  absl::Status Delete(const v1::DeleteIntegrationRequest& request) override {
    Note("Delete", request);
    return status;
  }
  absl::StatusOr<v1::CheckIntegrationResponse> Check(
      const v1::CheckIntegrationRequest& request) override {
    Note("Check", request);
    return Give(check);
  }
  absl::StatusOr<v1::TriggerSyncResponse> Trigger(const v1::TriggerSyncRequest& request) override {
    Note("Trigger", request);
    return Give(triggered);
  }
  absl::StatusOr<v1::SyncLog> Cancel(const v1::CancelSyncRequest& request) override {
    Note("Cancel", request);
    return Give(log);
  }
  absl::StatusOr<v1::SyncLog> GetLog(const v1::GetSyncLogRequest& request) override {
    Note("GetLog", request);
    return Give(log);
  }
  absl::StatusOr<v1::ListSyncLogsResponse> ListLogs(
      const v1::ListSyncLogsRequest& request) override {
    Note("ListLogs", request);
    return Give(logs);
  }
  absl::StatusOr<v1::ListRecordsResponse> ListRecords(
      const v1::ListRecordsRequest& request) override {
    Note("ListRecords", request);
    return Give(records);
  }
  absl::StatusOr<v1::ListExecutorsResponse> ListExecutors() override { return Give(executors); }
  absl::StatusOr<v1::QueueStats> GetQueue() override { return Give(queue); }
  absl::StatusOr<v1::ExplainIntegrationResponse> Explain(
      const v1::ExplainIntegrationRequest& request) override {
    Note("Explain", request);
    return Give(explanation);
  }
  std::string Problem() override { return problem; }

 private:
  void Note(const std::string& name, const google::protobuf::Message& request) {
    asked.push_back(name + " {" + request.ShortDebugString() + "}");
  }
  template <typename Response>
  absl::StatusOr<Response> Give(const Response& response) const {
    if (!status.ok()) return status;
    return response;
  }
};

}  // namespace syncline::gateway
