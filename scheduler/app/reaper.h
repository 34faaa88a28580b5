// The tick that gives back what dead executors held, ends runs that nothing else will end (past
// their deadline, kept waiting for too long, killing their executors), and keeps the house.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "common/base/clock.h"
#include "common/http/metrics.h"
#include "common/postgres/pool.h"
#include "scheduler/app/finisher.h"
#include "scheduler/core/reap_guard.h"
#include "scheduler/storage/run_store.h"

namespace syncline::scheduler {

// Owns a thread from Start to Stop.
class Reaper {
 public:
  struct Parts {  // all outlive the reaper
    RunStore* runs;
    Finisher* finisher;
    postgres::Pool* pool;
    const MonotonicClock* clock;
    Metrics* metrics;
  };
  // All are called on the reaper's thread.
  struct Calls {
    std::function<void()> on_reaped;        // something became pending or ended
    std::function<void()> on_suspects;      // runs must have an executor alone
    std::function<absl::Status()> observe;  // about every 5 s
    // About every minute, sooner again when it says false: not all could be done.
    std::function<absl::StatusOr<bool>()> keep_house;
  };
  // `random` is uniform in [0, 1).
  Reaper(Parts parts, absl::Duration lease, std::function<double()> random, Calls calls);
  ~Reaper();

  void Start();
  void Stop();  // idempotent

 private:
  void Run();
  void Tick();
  absl::Status KeepHouse(absl::Duration now);
  absl::Status ReapOnce();
  absl::Status EndOverdue();
  // Ends runs that kill their executors even alone; asks for an executor alone for others.
  absl::Status JudgeSuspects();
  absl::Status EndThoseThatWaitedTooLong();
  absl::Status EndAll(const std::vector<RunRef>& runs, ErrorClass error_class, const char* message);

  const Parts parts_;
  const absl::Duration lease_;
  const std::function<double()> random_;
  const Calls calls_;
  ReapGuard guard_;
  absl::Duration next_observation_;
  absl::Duration next_housekeeping_;
  absl::Duration housekeeping_again_;  // after one that could not do all
  prometheus::Counter& lost_;
  prometheus::Counter& undispatched_;
  prometheus::Counter& condemned_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace syncline::scheduler
