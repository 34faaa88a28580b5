// Keeps one stream open to one scheduler, and opens the next one when it ends: at once after a
// stream that worked, then after growing, jittered waits. A scheduler that says nothing for 10 s
// after the hello counts as away.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/crypto/process_identity.h"
#include "executor/core/assignment.h"
#include "executor/core/backoff.h"
#include "executor/core/check.h"
#include "executor/core/event_loop.h"
#include "executor/rpc/scheduler_channels.h"

namespace syncline::executor {

// What an executor says about itself.
struct ExecutorIdentity {
  crypto::ProcessIdentity process;  // made at the start
  std::string name;
  std::string version;
  int slots = 1;
  std::vector<std::string> connector_types = {};
};

// Told on the loop.
class LinkHandler {
 public:
  virtual ~LinkHandler() = default;
  // The runs that are still held, for the hello.
  virtual std::vector<RunKey> Held() const = 0;
  // A stream is open.
  virtual void OnWelcome(absl::Duration lease) = 0;
  virtual void OnAssignment(Assignment assignment) = 0;
  // A run must be dropped at once, without a report.
  virtual void OnStop(const std::string& fence, const std::string& reason) = 0;
  // A page is to be fetched and shown; the answer goes to the scheduler of this stream.
  virtual void OnCheck(CheckOrder order) = 0;
  // Nobody waits for the answer to a check any more.
  virtual void OnStopCheck(const std::string& check_id) = 0;
  virtual void OnStreamEnd() = 0;
};

// Every function on the loop, except for the constructor and the destructor. The loop, the channels
// and the handler outlive it; it must not go before Shutdown has called back.
class SchedulerLink {
 public:
  SchedulerLink(EventLoop* loop, SchedulerChannels* channels, ExecutorIdentity identity,
                LinkHandler* handler);
  ~SchedulerLink();

  void Start();
  bool open() const { return open_; }

  // Leaves a scheduler that does not answer reports for the next one, if there is one: what it sees
  // of our slots comes from the reports, so stream and reports go to the same place.
  void LeaveScheduler();

  // Gives up the open stream for one to `target`, one of the channels'.
  void MoveTo(const std::string& target);

  // Ends the stream for good; `done` is called on the loop when nothing of it is left.
  void Shutdown(std::function<void()> done);

 private:
  class Stream;

  void Connect();
  void OnMessage(Stream* stream, const internal::v1::StreamAssignmentsResponse& message);
  void OnDone(Stream* stream, const grpc::Status& status);

  EventLoop& loop_;
  SchedulerChannels& channels_;
  const ExecutorIdentity identity_;
  LinkHandler& handler_;

  std::shared_ptr<Stream> stream_;  // until its end was heard
  bool open_ = false;
  bool told_ = false;  // that no scheduler answers
  bool connected_is_news_ = true;
  std::string next_target_;  // where to go when the stream has ended; empty: to the next one
  bool stopped_ = false;
  std::function<void()> shut_down_;
  Backoff backoff_;
  EventLoop::TimerId retry_timer_ = 0;
  EventLoop::TimerId silence_timer_ = 0;
  std::mt19937_64 random_;
};

}  // namespace syncline::executor
