// Sends an executor's reports and hands on what the answers mean. Ends of runs go out at once, and
// acceptances within milliseconds; while one call is under way the next batch gathers, and under
// load it gathers for a moment longer (report_pace.h). Every fifth of a lease a report names all
// that is held, which renews the leases. What is not answered is sent again until it is, to the
// scheduler that the channels name by then.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/crypto/process_identity.h"
#include "executor/core/backoff.h"
#include "executor/core/event_loop.h"
#include "executor/core/report_pace.h"
#include "executor/core/report_queue.h"
#include "executor/rpc/scheduler_channels.h"

namespace syncline::executor {

// Told on the loop.
class ReportHandler {
 public:
  virtual ~ReportHandler() = default;
  // What the answer to a report that was sent at `sent_at` (monotonic) means.
  virtual void OnReportEffect(const ReportEffect& effect, absl::Duration sent_at) = 0;
  // A batch was answered and handed on.
  virtual void OnReportAnswered() = 0;
  // A batch was not answered; it is sent again soon.
  virtual void OnReportFailed() = 0;
};

// Every function on the loop, except for the constructor and the destructor. Loop, channels, clock
// and handler outlive it; it must not go before Shutdown has called back.
class Reporter {
 public:
  Reporter(EventLoop* loop, SchedulerChannels* channels, const MonotonicClock* clock,
           crypto::ProcessIdentity process, ReportHandler* handler);
  ~Reporter();

  void Start();

  // See ReportQueue.
  void Put(RunReport report);
  std::optional<RunKey> Forget(const std::string& fence) { return queue_.Forget(fence); }
  std::vector<RunKey> Held() const { return queue_.Held(); }
  bool empty() const { return queue_.empty(); }

  // The newest assignment of the present stream; 0 when a stream begins or ends.
  void SetSequenceSeen(std::int64_t sequence) { sequence_seen_ = sequence; }
  // A stream began: tells what is held at once.
  void ReportAllSoon();
  void SetDraining();
  void NoteRefusedWrite() { ++refused_writes_; }

  // The lease length that was told last.
  absl::Duration lease() const { return lease_; }
  void SetLease(absl::Duration lease);

  // Gives up the call that is under way and sends nothing more; `done` is called on the loop.
  void Shutdown(std::function<void()> done);

 private:
  struct Call;

  void Heartbeat();
  void SendIfIdle();
  // Ends the wait for more reports: there are enough, or one that does not wait.
  void StopGathering();
  void OnAnswer(const std::shared_ptr<Call>& call, const grpc::Status& status);
  void RetryAfter(absl::Duration wait);

  EventLoop& loop_;
  SchedulerChannels& channels_;
  const MonotonicClock& clock_;
  const crypto::ProcessIdentity process_;
  ReportHandler& handler_;

  ReportQueue queue_;
  std::shared_ptr<Call> call_;  // under way
  bool all_due_ = false;
  bool waiting_ = false;    // for the next call's time
  bool gathering_ = false;  // which more reports would bring nearer
  ReportPace pace_;
  bool failing_ = false;
  bool draining_ = false;
  std::int64_t sequence_seen_ = 0;
  std::int64_t refused_writes_ = 0;
  absl::Duration lease_ = absl::Seconds(30);
  Backoff backoff_;
  std::mt19937_64 random_;
  EventLoop::TimerId heartbeat_timer_ = 0;
  EventLoop::TimerId retry_timer_ = 0;
  std::function<void()> shut_down_;
  bool stopped_ = false;
};

}  // namespace syncline::executor
