// Backend over gRPC.
#pragma once

#include <functional>

#include "gateway/rpc/backend.h"
#include "gateway/rpc/scheduler_pool.h"

namespace syncline::gateway {

class RpcBackend final : public Backend {
 public:
  // `pool` outlives it.
  explicit RpcBackend(SchedulerPool* pool) : pool_(*pool) {}

  absl::StatusOr<v1::Integration> Create(const v1::CreateIntegrationRequest& request) override;
  absl::StatusOr<v1::Integration> Get(const v1::GetIntegrationRequest& request) override;
  absl::StatusOr<v1::ListIntegrationsResponse> List(
      const v1::ListIntegrationsRequest& request) override;
  absl::StatusOr<v1::Integration> Update(const v1::UpdateIntegrationRequest& request) override;
  absl::StatusOr<v1::Integration> UpdateSettings(
      const v1::UpdateSyncSettingsRequest& request) override;
  absl::Status Delete(const v1::DeleteIntegrationRequest& request) override;
  absl::StatusOr<v1::CheckIntegrationResponse> Check(
      const v1::CheckIntegrationRequest& request) override;
  absl::StatusOr<v1::TriggerSyncResponse> Trigger(const v1::TriggerSyncRequest& request) override;
  absl::StatusOr<v1::SyncLog> Cancel(const v1::CancelSyncRequest& request) override;
  absl::StatusOr<v1::SyncLog> GetLog(const v1::GetSyncLogRequest& request) override;
  absl::StatusOr<v1::ListSyncLogsResponse> ListLogs(
      const v1::ListSyncLogsRequest& request) override;
  absl::StatusOr<v1::ListRecordsResponse> ListRecords(
      const v1::ListRecordsRequest& request) override;
  absl::StatusOr<v1::ListExecutorsResponse> ListExecutors() override;
  absl::StatusOr<v1::QueueStats> GetQueue() override;
  absl::StatusOr<v1::ExplainIntegrationResponse> Explain(
      const v1::ExplainIntegrationRequest& request) override;
  std::string Problem() override;

 private:
  // Whether a call whose fate is unknown may be made again.
  enum class Repeat { kYes, kNo };

  template <typename Response, typename Stub, typename Request>
  absl::StatusOr<Response> Call(Repeat repeat, std::unique_ptr<Stub> SchedulerPool::Peer::*stub,
                                grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                             Response*),
                                const Request& request);
  absl::Status Run(
      Repeat repeat, absl::Duration limit,
      const std::function<grpc::Status(const SchedulerPool::Peer&, grpc::ClientContext*)>& call);

  SchedulerPool& pool_;
};

}  // namespace syncline::gateway
