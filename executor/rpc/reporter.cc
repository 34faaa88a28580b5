#include "executor/rpc/reporter.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <utility>

#include "common/base/failpoint.h"
#include "common/base/log.h"
#include "common/rpc/proto_time.h"
#include "common/rpc/status_conversion.h"
#include "executor/rpc/executor_messages.h"

namespace syncline::executor {
namespace {

constexpr std::size_t kLargestBatch = 500;
constexpr absl::Duration kLongestCall = absl::Seconds(10);
constexpr absl::Duration kShortestCall = absl::Seconds(1);
// A row that was locked is free again after its page.
constexpr absl::Duration kBusyWait = absl::Milliseconds(100);

}  // namespace

struct Reporter::Call {
  grpc::ClientContext context;
  internal::v1::ReportRequest request;
  internal::v1::ReportResponse response;
  std::vector<RunReport> reports;
  absl::Duration sent_at;
};

Reporter::Reporter(EventLoop* loop, SchedulerChannels* channels, const MonotonicClock* clock,
                   crypto::ProcessIdentity process, ReportHandler* handler)
    : loop_(*loop),
      channels_(*channels),
      clock_(*clock),
      process_(std::move(process)),
      handler_(*handler),
      backoff_(absl::Milliseconds(50), absl::Seconds(1)),
      random_(std::random_device()()) {}

Reporter::~Reporter() = default;

void Reporter::Start() {
  heartbeat_timer_ = loop_.PostAfter(lease_ / 5, [this] { Heartbeat(); });
}

void Reporter::SetLease(absl::Duration lease) {
  if (lease <= absl::ZeroDuration() || lease == lease_) return;
  lease_ = lease;
  if (stopped_) return;
  loop_.CancelTimer(heartbeat_timer_);
  Start();
}

void Reporter::Heartbeat() {
  Start();
  ReportAllSoon();
}

void Reporter::ReportAllSoon() {
  all_due_ = true;
  StopGathering();
  SendIfIdle();
}

void Reporter::SetDraining() {
  draining_ = true;
  ReportAllSoon();
}

void Reporter::Put(RunReport report) {
  queue_.Put(std::move(report));
  if (pace_.EndsTheWait(clock_.Now(), queue_.pending(), queue_.HasLast())) StopGathering();
  SendIfIdle();
}

void Reporter::StopGathering() {
  if (!std::exchange(gathering_, false)) return;
  loop_.CancelTimer(retry_timer_);
  waiting_ = false;
}

void Reporter::SendIfIdle() {
  if (call_ != nullptr || waiting_ || stopped_ || (!all_due_ && !queue_.HasPending())) return;
  const absl::Duration now = clock_.Now();
  // A report of all that is held keeps leases, and waits for no company.
  const std::size_t reports = all_due_ ? ReportPace::kMany : queue_.pending();
  if (const absl::Duration pause = pace_.Pause(now, reports, !all_due_ && !queue_.HasLast());
      pause > absl::ZeroDuration()) {
    RetryAfter(pause);
    gathering_ = reports < ReportPace::kMany;
    return;
  }
  auto call = std::make_shared<Call>();
  call->reports = all_due_ ? queue_.All() : queue_.Pending(kLargestBatch);
  SetProcess(call->request, process_);
  call->request.set_complete(all_due_);
  call->request.set_sequence_seen(sequence_seen_);
  call->request.set_draining(draining_);
  call->request.set_refused_writes(refused_writes_);
  for (const RunReport& report : call->reports) *call->request.add_reports() = ToProto(report);
  call->context.set_deadline(
      absl::ToChronoTime(absl::Now() + std::clamp(lease_ / 3, kShortestCall, kLongestCall)));
  all_due_ = false;
  refused_writes_ = 0;
  call->sent_at = now;
  call_ = call;
  if (!call->reports.empty()) FAILPOINT("before_report_send");
  channels_.current().async()->Report(&call->context, &call->request, &call->response,
                                      [this, call, &loop = loop_](const grpc::Status& status) {
                                        loop.Post([this, call, status] { OnAnswer(call, status); });
                                      });
  if (!call->reports.empty()) FAILPOINT("after_report_send");
}

void Reporter::OnAnswer(const std::shared_ptr<Call>& call, const grpc::Status& status) {
  call_.reset();
  if (shut_down_) {
    std::exchange(shut_down_, nullptr)();
    return;
  }
  if (!status.ok()) {
    all_due_ = all_due_ || call->request.complete();
    refused_writes_ += call->request.refused_writes();
    if (!failing_) {
      LogWarning("a report was not answered; it is sent again",
                 {{"target", channels_.target()}, {"error", rpc::FromGrpc(status)}});
    }
    failing_ = true;
    handler_.OnReportFailed();
    RetryAfter(backoff_.Next(random_));
    return;
  }
  if (failing_) LogInfo("reports are answered again", {{"target", channels_.target()}});
  failing_ = false;
  backoff_.Reset();
  SetLease(rpc::FromProto(call->response.lease()));
  const std::map<std::string, Order> orders = OrdersOf(call->response);
  bool busy = false;
  for (const auto& [fence, order] : orders) busy = busy || order == Order::kBusy;
  for (const ReportEffect& effect : queue_.Answer(call->reports, orders)) {
    handler_.OnReportEffect(effect, call->sent_at);
  }
  handler_.OnReportAnswered();
  if (busy && queue_.HasPending()) {
    RetryAfter(kBusyWait);
  } else {
    SendIfIdle();
  }
}

void Reporter::RetryAfter(absl::Duration wait) {
  loop_.CancelTimer(retry_timer_);
  gathering_ = false;
  waiting_ = true;
  retry_timer_ = loop_.PostAfter(wait, [this] {
    waiting_ = gathering_ = false;
    SendIfIdle();
  });
}

void Reporter::Shutdown(std::function<void()> done) {
  stopped_ = true;
  loop_.CancelTimer(heartbeat_timer_);
  loop_.CancelTimer(retry_timer_);
  if (call_ == nullptr) {
    done();
    return;
  }
  shut_down_ = std::move(done);
  call_->context.TryCancel();
}

}  // namespace syncline::executor
