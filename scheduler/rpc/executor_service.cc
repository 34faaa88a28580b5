#include "scheduler/rpc/executor_service.h"

#include <deque>
#include <memory>
#include <mutex>
#include <utility>

#include "common/base/clock.h"
#include "common/base/errors.h"
#include "common/base/ids.h"
#include "common/base/log.h"
#include "common/base/mutant.h"
#include "common/crypto/process_identity.h"
#include "common/rpc/proto_time.h"
#include "common/rpc/status_conversion.h"
#include "common/rpc/unary.h"

namespace syncline::scheduler {
namespace {

using internal::v1::ReportRequest;
using internal::v1::ReportResponse;
using internal::v1::StreamAssignmentsRequest;
using internal::v1::StreamAssignmentsResponse;

constexpr int kMostSlots = 10'000;

// Ids of processes are known to others, so whoever speaks as one shows its secret.
template <typename Request>
absl::Status CheckProcess(const Request& request) {
  if (MUTANT("process_not_proved") ||
      crypto::Proves(request.process_secret(), request.process_id()))
    return absl::OkStatus();
  return ReasonError(absl::StatusCode::kPermissionDenied, "NOT_THAT_PROCESS",
                     "process_secret is not the one that process_id was made from; an executor "
                     "must be of the same release as its scheduler");
}

absl::Status CheckHello(const StreamAssignmentsRequest& hello) {
  std::vector<FieldViolation> bad;
  if (!ParseUuid(hello.process_id()))
    bad.push_back({"process_id", "must be a UUID made at the start of the process"});
  if (hello.slots() < 1 || hello.slots() > kMostSlots)
    bad.push_back({"slots", "must be 1 to 10000"});
  return bad.empty() ? CheckProcess(hello) : InvalidFieldsError(bad);
}

absl::Status CheckAnswer(const internal::v1::ReportCheckRequest& answer) {
  std::vector<FieldViolation> bad;
  if (!ParseUuid(answer.process_id())) bad.push_back({"process_id", "must be the executor's UUID"});
  if (!ParseUuid(answer.check_id())) bad.push_back({"check_id", "must be the check's UUID"});
  return bad.empty() ? CheckProcess(answer) : InvalidFieldsError(bad);
}

absl::Status CheckReport(const ReportRequest& report) {
  std::vector<FieldViolation> bad;
  if (!ParseUuid(report.process_id())) bad.push_back({"process_id", "must be the executor's UUID"});
  for (int i = 0; i < report.reports_size(); ++i) {
    const auto& run = report.reports(i);
    const std::string path = "reports[" + std::to_string(i) + "]";
    if (!ParseUuid(run.integration_id()))
      bad.push_back({path + ".integration_id", "must be a UUID"});
    if (!ParseUuid(run.log_id())) bad.push_back({path + ".log_id", "must be a UUID"});
    if (!ParseUuid(run.fence())) bad.push_back({path + ".fence", "must be a UUID"});
    if (run.event_case() == internal::v1::RunReport::EVENT_NOT_SET)
      bad.push_back({path + ".event", "must be set"});
  }
  return bad.empty() ? CheckProcess(report) : InvalidFieldsError(bad);
}

// One executor's stream. gRPC owns it until OnDone; `self_` keeps it alive that long, the registry
// may for longer.
class AssignmentStream final : public grpc::ServerWriteReactor<StreamAssignmentsResponse>,
                               public AssignmentSink {
 public:
  AssignmentStream(std::string process_id, absl::Duration connection_age,
                   ExecutorRegistry* registry)
      : process_id_(std::move(process_id)),
        comes_back_at_(clock_.Now() + kAged * connection_age),
        registry_(*registry) {}

  void KeepAlive(std::shared_ptr<AssignmentStream> self) { self_ = std::move(self); }

  bool Send(StreamAssignmentsResponse message) override {
    std::lock_guard lock(mutex_);
    if (finished_) return false;
    connected_ = true;
    queue_.push_back(std::move(message));
    if (queue_.size() == 1) StartWrite(&queue_.front());
    return true;
  }

  void Close(const std::string& reason) override {
    FinishOnce(rpc::ToGrpc(ReasonError(absl::StatusCode::kUnavailable, "DRAINING", reason)));
  }

  void FinishOnce(const grpc::Status& status) {
    std::lock_guard lock(mutex_);
    if (finished_) return;
    finished_ = true;
    if (queue_.empty()) {
      Finish(status);
    } else {
      pending_status_ = status;  // a write is under way; finish after it
    }
  }

  void OnWriteDone(bool ok) override {
    std::lock_guard lock(mutex_);
    queue_.pop_front();
    if (finished_) {
      Finish(pending_status_);
    } else if (!ok) {
      finished_ = true;
      Finish(grpc::Status(grpc::StatusCode::CANCELLED, "the stream was cut"));
    } else if (!queue_.empty()) {
      StartWrite(&queue_.front());
    }
  }

  void OnCancel() override {
    registry_.Remove(process_id_, this);
    FinishOnce(grpc::Status(grpc::StatusCode::CANCELLED, "the executor went away"));
  }

  void OnDone() override {
    registry_.Remove(process_id_, this);
    if (connected_) {
      Log(clock_.Now() < comes_back_at_ ? LogLevel::kInfo : LogLevel::kDebug,
          "executor disconnected", {{"process", process_id_}});
    }
    self_.reset();  // may destroy this
  }

 private:
  // The share of its connection's age from which on a stream's end is that of the connection: gRPC
  // takes off a tenth, and the stream may have begun a moment after the connection.
  static constexpr double kAged = 0.8;

  const SteadyClock clock_;
  const std::string process_id_;
  const absl::Duration comes_back_at_;
  ExecutorRegistry& registry_;
  std::shared_ptr<AssignmentStream> self_;
  std::mutex mutex_;
  std::deque<StreamAssignmentsResponse> queue_;  // the front one is being written
  bool connected_ = false;                       // was sent a Welcome
  bool finished_ = false;
  grpc::Status pending_status_;
};

}  // namespace

ExecutorService::ExecutorService(ExecutorServiceOptions options, WorkerPool* workers,
                                 ExecutorRegistry* registry, ReportSink* reports)
    : options_(std::move(options)), workers_(*workers), registry_(*registry), reports_(*reports) {}

grpc::ServerWriteReactor<StreamAssignmentsResponse>* ExecutorService::StreamAssignments(
    grpc::CallbackServerContext*, const StreamAssignmentsRequest* request) {
  auto stream = std::make_shared<AssignmentStream>(request->process_id(), options_.connection_age,
                                                   &registry_);
  stream->KeepAlive(stream);
  AssignmentStream* raw = stream.get();
  if (const absl::Status status = CheckHello(*request); !status.ok()) {
    LogWarning("executor refused", {{"process", request->process_id()},
                                    {"executor", request->name()},
                                    {"version", request->version()},
                                    {"error", status}});
    raw->FinishOnce(rpc::ToGrpc(status));
    return raw;
  }
  const bool accepted = workers_.Submit([this, stream = std::move(stream), hello = *request] {
    const absl::StatusOr<bool> is_new = options_.on_hello(hello);
    if (!is_new.ok()) {
      stream->FinishOnce(rpc::ToGrpc(is_new.status()));
      return;
    }
    StreamAssignmentsResponse welcome;
    welcome.mutable_welcome()->set_scheduler_id(options_.scheduler_id);
    *welcome.mutable_welcome()->mutable_lease() = rpc::ToProto(options_.lease);
    Log(*is_new ? LogLevel::kInfo : LogLevel::kDebug, "executor connected",
        {{"process", hello.process_id()},
         {"executor", hello.name()},
         {"version", hello.version()},
         {"slots", hello.slots()},
         {"held", hello.held_size()}});
    registry_.Open(hello, stream, std::move(welcome));
  });
  if (!accepted) raw->Close("this scheduler is overloaded or going away");
  return raw;
}

grpc::ServerUnaryReactor* ExecutorService::Report(grpc::CallbackServerContext* context,
                                                  const ReportRequest* request,
                                                  ReportResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  if (const absl::Status status = CheckReport(*request); !status.ok()) {
    reactor->Finish(rpc::ToGrpc(status));
    return reactor;
  }
  reports_.Submit(*request, [reactor, response](const absl::Status& status, ReportResponse answer) {
    *response = std::move(answer);
    reactor->Finish(rpc::ToGrpc(status));
  });
  return reactor;
}

// Needs no worker: it blocks on nothing, and a slow database must not keep it from its caller.
grpc::ServerUnaryReactor* ExecutorService::ReportCheck(
    grpc::CallbackServerContext* context, const internal::v1::ReportCheckRequest* request,
    internal::v1::ReportCheckResponse*) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const absl::Status status = CheckAnswer(*request);
  if (status.ok()) options_.checks->OnReport(*request);
  reactor->Finish(rpc::ToGrpc(status));
  return reactor;
}

grpc::ServerUnaryReactor* ExecutorService::DescribeScheduler(
    grpc::CallbackServerContext* context, const internal::v1::DescribeSchedulerRequest*,
    internal::v1::DescribeSchedulerResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  if (registry_.closed()) {
    reactor->Finish(rpc::ToGrpc(
        ReasonError(absl::StatusCode::kUnavailable, "DRAINING", "this scheduler is going away")));
    return reactor;
  }
  response->set_scheduler_id(options_.scheduler_id);
  response->set_executors(registry_.connected());
  reactor->Finish(grpc::Status::OK);
  return reactor;
}

grpc::ServerUnaryReactor* ExecutorService::RefreshCredential(
    grpc::CallbackServerContext* context, const internal::v1::RefreshCredentialRequest*,
    internal::v1::RefreshCredentialResponse*) {
  return rpc::NotAvailableYet(context, "RefreshCredential");
}

}  // namespace syncline::scheduler
