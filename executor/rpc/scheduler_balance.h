// Asks the schedulers now and then how many executors they have, and goes to another one where that
// evens things out (executor/core/scheduler_choice.h).
#pragma once

#include <functional>
#include <memory>
#include <random>
#include <set>
#include <string>

#include "executor/core/event_loop.h"
#include "executor/rpc/scheduler_channels.h"

namespace syncline::executor {

// Every function on the loop, except for the constructor and the destructor. Loop and channels
// outlive it; it must not go before Shutdown has called back.
class SchedulerBalance {
 public:
  // `may_move`: whether a stream is open that could be given up. `move` gets the target to go to.
  SchedulerBalance(EventLoop* loop, SchedulerChannels* channels, std::function<bool()> may_move,
                   std::function<void(const std::string& target)> move);
  ~SchedulerBalance();

  void Start() { Wait(); }
  // Asks nobody any more; `done` is called on the loop once no call is under way.
  void Shutdown(std::function<void()> done);

 private:
  struct Call;
  struct Round;

  void Wait();
  void Ask();
  void OnAnswer(const std::shared_ptr<Call>& call, const grpc::Status& status);
  void Decide(const Round& round);

  EventLoop& loop_;
  SchedulerChannels& channels_;
  const std::function<bool()> may_move_;
  const std::function<void(const std::string& target)> move_;
  std::mt19937_64 random_;
  EventLoop::TimerId timer_ = 0;
  std::set<std::shared_ptr<Call>> under_way_;
  bool stopped_ = false;
  std::function<void()> shut_down_;
};

}  // namespace syncline::executor
