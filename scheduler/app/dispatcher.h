// The polling loop: claims runs for the free slots of this scheduler's executors and streams them
// down. Wakes at the earliest of: the next due time, a hint, a freed slot, the poll interval. What
// somebody waits for (a trigger) has a lane of its own, so that it never waits for a large claim;
// and while the largest claims are full, a second one goes on beside the loop.
#pragma once

#include <condition_variable>
#include <functional>
#include <initializer_list>
#include <mutex>
#include <thread>

#include "absl/time/time.h"
#include "common/http/metrics.h"
#include "scheduler/rpc/executor_registry.h"
#include "scheduler/storage/run_store.h"
#include "scheduler/storage/trigger_store.h"

namespace syncline::scheduler {

struct DispatcherOptions {
  absl::Duration poll_interval = absl::Seconds(30);
  absl::Duration lease = absl::Seconds(30);
  // Whether hints of other schedulers arrive now; while not, the loop looks every second.
  std::function<bool()> hints_proved;
  // Asks the other schedulers to look, since this one has no free slot.
  std::function<void()> hint_others;
};

// The dispatch limit of a lease: max(5 s, lease / 3).
absl::Duration DispatchLimit(absl::Duration lease);

// Owns its threads from Start to Stop. The other methods: any thread.
class Dispatcher final : public TriggerDispatch {
 public:
  // Everything outlives the dispatcher.
  Dispatcher(DispatcherOptions options, RunStore* store, ExecutorRegistry* registry,
             Metrics* metrics);
  ~Dispatcher() override;

  void Start();
  void Stop();  // no claim starts after it; idempotent

  // Something may be due here: a slot was freed, or another scheduler's hint came.
  void Wake();
  // Something became due by a call to this scheduler; others are hinted when no slot is free here.
  void WakeForWork();
  // A trigger's run is claimed by the trigger itself where a slot is free; else it goes to the
  // lane.
  std::optional<TriggerSlot> TakeSlot() override;
  void Settle(const std::optional<TriggerSlot>& slot, const TriggerAnswer* answer) override;
  // Runs that must have an executor alone wait for one.
  void WakeForSuspects();

 private:
  // Sets what a lane's thread waits for and wakes it.
  void Raise(std::initializer_list<bool*> flags, std::condition_variable& lane);
  void Run();
  void RunExpress();
  void RunSecond();
  // Claims until nothing is left or no slot is free; how long to wait then.
  absl::Duration Dispatch();
  // One claim of at most `limit` runs for executors of these types; how many slots it had, and how
  // many it filled.
  struct Claimed {
    std::size_t slots = 0;
    std::size_t runs = 0;
  };
  absl::StatusOr<Claimed> ClaimFor(const std::vector<std::string>& types, std::size_t limit);
  // Gives a suspect the executor that is kept free for it, once that is free.
  absl::Status ClaimSuspect();
  void Send(const std::vector<ClaimedRun>& runs);
  // Gives runs back that cannot be sent.
  void GiveBack(const std::vector<const ClaimedRun*>& runs, const std::string& reason);

  const DispatcherOptions options_;
  RunStore& store_;
  ExecutorRegistry& registry_;
  prometheus::Counter& claimed_;
  prometheus::Histogram& claim_seconds_;
  std::mutex mutex_;
  std::condition_variable wake_;  // of the loop
  std::condition_variable wake_express_;
  std::condition_variable wake_second_;
  std::size_t claim_limit_;  // of the next claim of the loop
  bool woken_ = false;
  bool express_ = false;
  bool second_ = false;
  bool work_arrived_ = false;
  bool suspects_wait_ = false;
  bool stopping_ = false;
  std::thread thread_;
  std::thread express_thread_;
  std::thread second_thread_;
};

}  // namespace syncline::scheduler
