#include "common/rpc/deferred_call.h"

#include <grpc/support/time.h>

#include <utility>

#include "common/rpc/status_conversion.h"

namespace syncline::rpc {
namespace {

grpc::Status HungUp() { return {grpc::StatusCode::CANCELLED, "the call was given up"}; }

}  // namespace

std::shared_ptr<DeferredCall> DeferredCall::Make() {
  std::shared_ptr<DeferredCall> call(new DeferredCall);
  call->self_ = call;
  return call;
}

bool DeferredCall::hung_up() {
  std::lock_guard lock(mutex_);
  return hung_up_;
}

void DeferredCall::Answer(const std::function<absl::Status()>& make) {
  grpc::Status status;
  {
    std::lock_guard lock(mutex_);
    if (ended_) return;
    ended_ = true;
    abandoned_ = nullptr;
    alarm_.Cancel();
    status = hung_up_ ? HungUp() : ToGrpc(make());
  }
  Finish(status);
}

void DeferredCall::Await(absl::Duration limit, absl::Status late, std::function<void()> abandoned) {
  {
    std::lock_guard lock(mutex_);
    if (ended_) return;
    abandoned_ = std::move(abandoned);
    if (!hung_up_) {
      const gpr_timespec deadline =
          gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                       gpr_time_from_nanos(absl::ToInt64Nanoseconds(limit), GPR_TIMESPAN));
      // Weak: the alarm keeps its callback for as long as it lives, and the call owns the alarm.
      alarm_.Set(deadline, [weak = weak_from_this(), late = std::move(late)](bool rang) {
        const std::shared_ptr<DeferredCall> call = rang ? weak.lock() : nullptr;
        if (call != nullptr) call->Abandon(ToGrpc(late));
      });
      return;
    }
  }
  Abandon(HungUp());
}

void DeferredCall::Abandon(const grpc::Status& status) {
  std::function<void()> abandoned;
  {
    std::lock_guard lock(mutex_);
    if (ended_) return;
    ended_ = true;
    abandoned = std::exchange(abandoned_, nullptr);
    alarm_.Cancel();
  }
  abandoned();
  Finish(status);
}

void DeferredCall::OnCancel() {
  {
    std::lock_guard lock(mutex_);
    hung_up_ = true;
    if (abandoned_ == nullptr) return;  // Answer or Await is yet to come, or the call has ended
  }
  Abandon(HungUp());
}

void DeferredCall::OnDone() { self_.reset(); }  // may destroy this

}  // namespace syncline::rpc
