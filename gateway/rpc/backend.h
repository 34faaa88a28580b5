// What the gateway asks of the schedulers: a function a call. Routes know no more of gRPC than
// this.
#pragma once

#include <google/protobuf/empty.pb.h>

#include <string>

#include "absl/status/statusor.h"
#include "syncline/v1/diagnostics_service.pb.h"
#include "syncline/v1/integration_service.pb.h"
#include "syncline/v1/sync_service.pb.h"

namespace syncline::gateway {

// Thread-safe; calls block. Errors are the schedulers' own, with reason and fields, or UNAVAILABLE
// with the reason SCHEDULER_UNAVAILABLE when none answers within a few seconds. A call that may
// have had its effect although no answer came is made again (elsewhere) only when that changes
// nothing.
class Backend {
 public:
  virtual ~Backend() = default;

  // `request_id` must be set.
  virtual absl::StatusOr<v1::Integration> Create(const v1::CreateIntegrationRequest& request) = 0;
  virtual absl::StatusOr<v1::Integration> Get(const v1::GetIntegrationRequest& request) = 0;
  virtual absl::StatusOr<v1::ListIntegrationsResponse> List(
      const v1::ListIntegrationsRequest& request) = 0;
  virtual absl::StatusOr<v1::Integration> Update(const v1::UpdateIntegrationRequest& request) = 0;
  virtual absl::StatusOr<v1::Integration> UpdateSettings(
      const v1::UpdateSyncSettingsRequest& request) = 0;
  virtual absl::Status Delete(const v1::DeleteIntegrationRequest& request) = 0;
  virtual absl::StatusOr<v1::CheckIntegrationResponse> Check(
      const v1::CheckIntegrationRequest& request) = 0;

  // `request_id` must be set.
  virtual absl::StatusOr<v1::TriggerSyncResponse> Trigger(
      const v1::TriggerSyncRequest& request) = 0;
  virtual absl::StatusOr<v1::SyncLog> Cancel(const v1::CancelSyncRequest& request) = 0;
  virtual absl::StatusOr<v1::SyncLog> GetLog(const v1::GetSyncLogRequest& request) = 0;
  virtual absl::StatusOr<v1::ListSyncLogsResponse> ListLogs(
      const v1::ListSyncLogsRequest& request) = 0;
  virtual absl::StatusOr<v1::ListRecordsResponse> ListRecords(
      const v1::ListRecordsRequest& request) = 0;

  virtual absl::StatusOr<v1::ListExecutorsResponse> ListExecutors() = 0;
  virtual absl::StatusOr<v1::QueueStats> GetQueue() = 0;
  virtual absl::StatusOr<v1::ExplainIntegrationResponse> Explain(
      const v1::ExplainIntegrationRequest& request) = 0;

  // Empty: some scheduler answers and does not drain. Else why not.
  virtual std::string Problem() = 0;
};

}  // namespace syncline::gateway
