// The tick that gives back what dead executors held, ends runs past their deadline, and keeps the
// house.
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
  // `random` is uniform in [0, 1); `on_reaped` is called when something became pending;
  // `keep_house` about every minute, on the reaper's thread.
  Reaper(Parts parts, absl::Duration lease, std::function<double()> random,
         std::function<void()> on_reaped, std::function<absl::Status()> keep_house);
  ~Reaper();

  void Start();
  void Stop();  // idempotent

 private:
  void Run();
  void Tick();
  absl::Status ReapOnce();
  absl::Status EndOverdue();

  const Parts parts_;
  const absl::Duration lease_;
  const std::function<double()> random_;
  const std::function<void()> on_reaped_;
  const std::function<absl::Status()> keep_house_;
  ReapGuard guard_;
  absl::Duration next_housekeeping_;
  prometheus::Counter& lost_;
  prometheus::Counter& undispatched_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace syncline::scheduler
