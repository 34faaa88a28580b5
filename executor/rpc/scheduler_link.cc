#include "executor/rpc/scheduler_link.h"

#include <grpcpp/grpcpp.h>

#include <utility>

#include "common/base/log.h"
#include "common/rpc/proto_time.h"
#include "common/rpc/status_conversion.h"
#include "executor/rpc/executor_messages.h"

namespace syncline::executor {
namespace {

using internal::v1::StreamAssignmentsRequest;
using internal::v1::StreamAssignmentsResponse;

constexpr absl::Duration kFirstRetry = absl::Milliseconds(100);
constexpr absl::Duration kLongestRetry = absl::Seconds(5);
constexpr absl::Duration kLongestSilence = absl::Seconds(10);

}  // namespace

// gRPC calls it on its threads; it hands everything to the loop. Holds itself until gRPC has said
// that it is done.
class SchedulerLink::Stream final : public grpc::ClientReadReactor<StreamAssignmentsResponse> {
 public:
  Stream(SchedulerLink* link, StreamAssignmentsRequest hello)
      : link_(*link), hello_(std::move(hello)) {}

  static void Open(const std::shared_ptr<Stream>& self, SchedulerChannels::Stub& stub) {
    self->self_ = self;
    stub.async()->StreamAssignments(&self->context_, &self->hello_, self.get());
    self->StartRead(&self->message_);
    self->StartCall();
  }

  void Cancel() { context_.TryCancel(); }

 private:
  void OnReadDone(bool ok) override {
    if (!ok) return;
    link_.loop_.Post(
        [this, self = self_, message = std::move(message_)] { link_.OnMessage(this, message); });
    message_.Clear();
    StartRead(&message_);
  }

  void OnDone(const grpc::Status& status) override {
    // The loop's task is the last owner, so that no thread of gRPC outlives the link with it.
    EventLoop& loop = link_.loop_;
    loop.Post([this, self = std::move(self_), status] { link_.OnDone(this, status); });
  }

  SchedulerLink& link_;
  const StreamAssignmentsRequest hello_;
  grpc::ClientContext context_;
  StreamAssignmentsResponse message_;
  std::shared_ptr<Stream> self_;
};

SchedulerLink::SchedulerLink(EventLoop* loop, SchedulerChannels* channels,
                             ExecutorIdentity identity, LinkHandler* handler)
    : loop_(*loop),
      channels_(*channels),
      identity_(std::move(identity)),
      handler_(*handler),
      backoff_(kFirstRetry, kLongestRetry),
      random_(std::random_device()()) {}

SchedulerLink::~SchedulerLink() = default;

void SchedulerLink::Start() { Connect(); }

void SchedulerLink::Connect() {
  retry_timer_ = 0;
  if (stopped_) return;
  StreamAssignmentsRequest hello;
  SetProcess(hello, identity_.process);
  hello.set_name(identity_.name);
  hello.set_version(identity_.version);
  hello.set_slots(identity_.slots);
  hello.set_takes_batches(true);
  for (const std::string& type : identity_.connector_types) hello.add_connector_types(type);
  for (const RunKey& key : handler_.Held()) {
    auto* held = hello.add_held();
    held->set_log_id(key.log_id);
    held->set_fence(key.fence);
  }
  stream_ = std::make_shared<Stream>(this, std::move(hello));
  Stream::Open(stream_, channels_.current());
  silence_timer_ = loop_.PostAfter(kLongestSilence, [this] {
    if (stream_ != nullptr && !open_) stream_->Cancel();
  });
}

void SchedulerLink::OnMessage(Stream* stream, const StreamAssignmentsResponse& message) {
  if (stream != stream_.get() || stopped_) return;
  switch (message.message_case()) {
    case StreamAssignmentsResponse::kWelcome:
      open_ = true;
      told_ = false;
      backoff_.Reset();
      loop_.CancelTimer(silence_timer_);
      Log(std::exchange(connected_is_news_, false) ? LogLevel::kInfo : LogLevel::kDebug,
          "connected to a scheduler",
          {{"target", channels_.target()}, {"scheduler", message.welcome().scheduler_id()}});
      handler_.OnWelcome(rpc::FromProto(message.welcome().lease()));
      break;
    case StreamAssignmentsResponse::kAssignment:
      handler_.OnAssignment(FromProto(message.assignment()));
      break;
    case StreamAssignmentsResponse::kAssignments:
      for (const auto& assignment : message.assignments().assignments())
        handler_.OnAssignment(FromProto(assignment));
      break;
    case StreamAssignmentsResponse::kStop:
      handler_.OnStop(message.stop().fence(), message.stop().reason());
      break;
    case StreamAssignmentsResponse::kCheck:
      handler_.OnCheck(FromProto(message.check()));
      break;
    case StreamAssignmentsResponse::kStopCheck:
      handler_.OnStopCheck(message.stop_check().check_id());
      break;
    case StreamAssignmentsResponse::MESSAGE_NOT_SET:
      break;  // of a newer release
  }
}

void SchedulerLink::OnDone(Stream* stream, const grpc::Status& status) {
  if (stream != stream_.get()) return;
  stream_.reset();
  loop_.CancelTimer(silence_timer_);
  const bool was_open = std::exchange(open_, false);
  if (stopped_) {
    if (shut_down_) std::exchange(shut_down_, nullptr)();
    return;
  }
  if (was_open) handler_.OnStreamEnd();
  const absl::Duration wait = backoff_.Next(random_);
  if (!next_target_.empty()) {
    channels_.Select(std::exchange(next_target_, ""));
    retry_timer_ = loop_.PostAfter(wait, [this] { Connect(); });
    return;
  }
  // Connections age (SYNC_CONNECTION_AGE), so the end of a stream is nothing yet; that nobody takes
  // the next one is told once, since every scheduler of the list may be tried every few seconds for
  // as long as an outage lasts.
  const bool is_news = !was_open && !std::exchange(told_, true);
  if (is_news) connected_is_news_ = true;
  Log(is_news ? LogLevel::kWarning : LogLevel::kDebug,
      was_open ? "the stream to the scheduler ended" : "no scheduler answers",
      {{"target", channels_.target()},
       {"error", rpc::FromGrpc(status)},
       {"retry_in_ms", absl::ToInt64Milliseconds(wait)}});
  channels_.Rotate();
  retry_timer_ = loop_.PostAfter(wait, [this] { Connect(); });
}

void SchedulerLink::LeaveScheduler() {
  if (stream_ != nullptr && channels_.size() > 1) stream_->Cancel();
}

void SchedulerLink::MoveTo(const std::string& target) {
  if (!open_ || stopped_) return;
  next_target_ = target;
  stream_->Cancel();
}

void SchedulerLink::Shutdown(std::function<void()> done) {
  stopped_ = true;
  loop_.CancelTimer(retry_timer_);
  loop_.CancelTimer(silence_timer_);
  if (stream_ == nullptr) {
    done();
    return;
  }
  shut_down_ = std::move(done);
  stream_->Cancel();
}

}  // namespace syncline::executor
