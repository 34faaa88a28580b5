#include "scheduler/rpc/diagnostics_service.h"

#include "common/base/status_macros.h"
#include "common/rpc/unary.h"
#include "scheduler/core/explain.h"
#include "scheduler/rpc/field_checks.h"
#include "scheduler/rpc/mapping.h"

namespace syncline::scheduler {

grpc::ServerUnaryReactor* DiagnosticsService::ListExecutors(grpc::CallbackServerContext* context,
                                                            const v1::ListExecutorsRequest* request,
                                                            v1::ListExecutorsResponse* response) {
  return rpc::Unary(
      workers_, context, request, response,
      [this](const v1::ListExecutorsRequest&, v1::ListExecutorsResponse* res) -> absl::Status {
        ASSIGN_OR_RETURN(const auto executors, fleet_.Executors(lease_));
        for (const ExecutorState& executor : executors) ToProto(executor, *res->add_executors());
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* DiagnosticsService::GetQueueStats(grpc::CallbackServerContext* context,
                                                            const v1::GetQueueStatsRequest* request,
                                                            v1::QueueStats* response) {
  return rpc::Unary(workers_, context, request, response,
                    [this](const v1::GetQueueStatsRequest&, v1::QueueStats* res) -> absl::Status {
                      ASSIGN_OR_RETURN(const QueueFigures figures, fleet_.Queue(lease_));
                      ToProto(figures, *res);
                      return absl::OkStatus();
                    });
}

grpc::ServerUnaryReactor* DiagnosticsService::ExplainIntegration(
    grpc::CallbackServerContext* context, const v1::ExplainIntegrationRequest* request,
    v1::ExplainIntegrationResponse* response) {
  return rpc::Unary(workers_, context, request, response,
                    [this](const v1::ExplainIntegrationRequest& req,
                           v1::ExplainIntegrationResponse* res) -> absl::Status {
                      Violations violations;
                      const IntegrationRef ref =
                          CheckRef(req.tenant_id(), req.integration_id(), violations);
                      RETURN_IF_ERROR(ToStatus(violations));
                      ASSIGN_OR_RETURN(const Integration integration, directory_.Get(ref));
                      ASSIGN_OR_RETURN(const QueueFigures figures, fleet_.Queue(lease_));
                      res->set_text(Explain(integration, figures));
                      return absl::OkStatus();
                    });
}

}  // namespace syncline::scheduler
