// DiagnosticsService of the public API: decodes, makes one call, encodes.
#pragma once

#include "absl/time/time.h"
#include "common/base/worker_pool.h"
#include "scheduler/core/fleet_view.h"
#include "scheduler/core/integration_directory.h"
#include "syncline/v1/diagnostics_service.grpc.pb.h"

namespace syncline::scheduler {

class DiagnosticsService final : public v1::DiagnosticsService::CallbackService {
 public:
  // All outlive the service. `lease` (SYNC_LEASE): an executor not heard of for longer counts as
  // gone.
  DiagnosticsService(WorkerPool* workers, FleetView* fleet, IntegrationDirectory* directory,
                     absl::Duration lease)
      : workers_(*workers), fleet_(*fleet), directory_(*directory), lease_(lease) {}

  grpc::ServerUnaryReactor* ListExecutors(grpc::CallbackServerContext* context,
                                          const v1::ListExecutorsRequest* request,
                                          v1::ListExecutorsResponse* response) override;
  grpc::ServerUnaryReactor* GetQueueStats(grpc::CallbackServerContext* context,
                                          const v1::GetQueueStatsRequest* request,
                                          v1::QueueStats* response) override;
  grpc::ServerUnaryReactor* ExplainIntegration(grpc::CallbackServerContext* context,
                                               const v1::ExplainIntegrationRequest* request,
                                               v1::ExplainIntegrationResponse* response) override;

 private:
  WorkerPool& workers_;
  FleetView& fleet_;
  IntegrationDirectory& directory_;
  const absl::Duration lease_;
};

}  // namespace syncline::scheduler
