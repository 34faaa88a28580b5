#include "executor/rpc/check_reporter.h"

#include <grpcpp/grpcpp.h>

#include <utility>

#include "common/base/log.h"
#include "common/rpc/status_conversion.h"
#include "executor/rpc/executor_messages.h"

namespace syncline::executor {
namespace {

constexpr absl::Duration kLongestCall = absl::Seconds(3);
constexpr absl::Duration kRetry = absl::Milliseconds(200);
// Callers wait for about half a minute in all.
constexpr absl::Duration kGiveUp = absl::Seconds(10);

}  // namespace

struct CheckReporter::Call {
  SchedulerChannels::Stub* asker = nullptr;
  internal::v1::ReportCheckRequest request;
  absl::Duration give_up_at;
  // Of the present try.
  std::unique_ptr<grpc::ClientContext> context;
  internal::v1::ReportCheckResponse response;
};

CheckReporter::CheckReporter(EventLoop* loop, const MonotonicClock* clock,
                             crypto::ProcessIdentity process)
    : loop_(*loop), clock_(*clock), process_(std::move(process)) {}

CheckReporter::~CheckReporter() = default;

void CheckReporter::Send(SchedulerChannels::Stub& asker, const std::string& check_id,
                         const CheckAnswer& answer) {
  if (stopped_) return;
  auto call = std::make_shared<Call>();
  call->asker = &asker;
  call->request = ToProto(answer);
  SetProcess(call->request, process_);
  call->request.set_check_id(check_id);
  call->give_up_at = clock_.Now() + kGiveUp;
  Start(call);
}

void CheckReporter::Start(const std::shared_ptr<Call>& call) {
  if (stopped_) return;
  call->context = std::make_unique<grpc::ClientContext>();
  call->context->set_deadline(absl::ToChronoTime(absl::Now() + kLongestCall));
  under_way_.insert(call);
  call->asker->async()->ReportCheck(call->context.get(), &call->request, &call->response,
                                    [this, call, &loop = loop_](const grpc::Status& status) {
                                      loop.Post([this, call, status] { OnAnswer(call, status); });
                                    });
}

void CheckReporter::OnAnswer(const std::shared_ptr<Call>& call, const grpc::Status& status) {
  under_way_.erase(call);
  if (stopped_) {
    if (under_way_.empty() && shut_down_ != nullptr) std::exchange(shut_down_, nullptr)();
    return;
  }
  if (status.ok()) return;
  const bool again = clock_.Now() + kRetry < call->give_up_at;
  if (!again) {
    LogWarning("the answer to a check did not get through",
               {{"check", call->request.check_id()}, {"error", rpc::FromGrpc(status)}});
    return;
  }
  loop_.PostAfter(kRetry, [this, call] { Start(call); });
}

void CheckReporter::Shutdown(std::function<void()> done) {
  stopped_ = true;
  if (under_way_.empty()) {
    done();
    return;
  }
  shut_down_ = std::move(done);
}

}  // namespace syncline::executor
