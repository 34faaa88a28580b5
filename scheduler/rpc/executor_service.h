// The gRPC face of the executors' side: decodes, hands on, encodes.
#pragma once

#include <functional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/worker_pool.h"
#include "scheduler/rpc/check_desk.h"
#include "scheduler/rpc/executor_registry.h"
#include "syncline/internal/v1/executor_service.grpc.pb.h"

namespace syncline::scheduler {

// Where reports go. `done` is called exactly once, on any thread.
class ReportSink {
 public:
  using Done = std::function<void(absl::Status, internal::v1::ReportResponse)>;
  virtual ~ReportSink() = default;
  virtual void Submit(internal::v1::ReportRequest request, Done done) = 0;
};

struct ExecutorServiceOptions {
  std::string scheduler_id;
  absl::Duration lease;
  // After about which time a stream is cut with its connection, and comes right back.
  absl::Duration connection_age;
  // Writes the hello down before the stream opens, and says whether the process is a new one; may
  // block on the database.
  std::function<absl::StatusOr<bool>(const internal::v1::StreamAssignmentsRequest&)> on_hello;
  // Where answers to checks go; outlives the service.
  CheckDesk* checks = nullptr;
};

class ExecutorService final : public internal::v1::ExecutorService::CallbackService {
 public:
  // All outlive the service.
  ExecutorService(ExecutorServiceOptions options, WorkerPool* workers, ExecutorRegistry* registry,
                  ReportSink* reports);

  grpc::ServerWriteReactor<internal::v1::StreamAssignmentsResponse>* StreamAssignments(
      grpc::CallbackServerContext* context,
      const internal::v1::StreamAssignmentsRequest* request) override;
  grpc::ServerUnaryReactor* Report(grpc::CallbackServerContext* context,
                                   const internal::v1::ReportRequest* request,
                                   internal::v1::ReportResponse* response) override;
  grpc::ServerUnaryReactor* ReportCheck(grpc::CallbackServerContext* context,
                                        const internal::v1::ReportCheckRequest* request,
                                        internal::v1::ReportCheckResponse* response) override;
  grpc::ServerUnaryReactor* DescribeScheduler(
      grpc::CallbackServerContext* context, const internal::v1::DescribeSchedulerRequest* request,
      internal::v1::DescribeSchedulerResponse* response) override;
  grpc::ServerUnaryReactor* RefreshCredential(
      grpc::CallbackServerContext* context, const internal::v1::RefreshCredentialRequest* request,
      internal::v1::RefreshCredentialResponse* response) override;

 private:
  const ExecutorServiceOptions options_;
  WorkerPool& workers_;
  ExecutorRegistry& registry_;
  ReportSink& reports_;
};

}  // namespace syncline::scheduler
