// Takes the answers to checks to the scheduler that asked. An answer that does not get through is
// sent again for as long as somebody may wait for it.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>

#include "absl/time/time.h"
#include "common/base/clock.h"
#include "common/crypto/process_identity.h"
#include "executor/core/check.h"
#include "executor/core/event_loop.h"
#include "executor/rpc/scheduler_channels.h"

namespace syncline::executor {

// Every function on the loop, except for the constructor and the destructor. Loop, clock and every
// stub outlive it; it must not go before Shutdown has called back.
class CheckReporter {
 public:
  CheckReporter(EventLoop* loop, const MonotonicClock* clock, crypto::ProcessIdentity process);
  ~CheckReporter();

  void Send(SchedulerChannels::Stub& asker, const std::string& check_id, const CheckAnswer& answer);

  // Sends nothing again; `done` is called on the loop once no call is under way, a few seconds from
  // now at most.
  void Shutdown(std::function<void()> done);

 private:
  struct Call;

  void Start(const std::shared_ptr<Call>& call);
  void OnAnswer(const std::shared_ptr<Call>& call, const grpc::Status& status);

  EventLoop& loop_;
  const MonotonicClock& clock_;
  const crypto::ProcessIdentity process_;
  std::set<std::shared_ptr<Call>> under_way_;
  std::function<void()> shut_down_;
  bool stopped_ = false;
};

}  // namespace syncline::executor
