// Ends runs: gathers what the retry decision needs, lets core decide, and carries the batch out,
// again where the settings changed in between. A batch that the database refuses for a value in it
// is halved until the bad row stands alone.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "common/http/metrics.h"
#include "scheduler/storage/run_store.h"

namespace syncline::scheduler {

// Any thread.
class Finisher {
 public:
  // `store` and `metrics` outlive it; `random` is uniform in [0, 1) and thread-safe.
  Finisher(RunStore* store, RetryScale scale, std::function<double()> random, Metrics* metrics);

  // One event a key; the decisions in `events` are made here. The outcome of each, in their order:
  // never kRedecide. An error means that the fate of some is unknown; all may be sent again.
  absl::StatusOr<std::vector<FinishOutcome>> Finish(std::span<FinishEvent> events);

 private:
  absl::Status Decide(std::span<FinishEvent> events);
  // May change an event whose result cannot be stored.
  absl::StatusOr<std::vector<FinishResult>> Apply(std::span<FinishEvent> events);
  void Tell(const FinishEvent& event, absl::Duration ran);

  RunStore& store_;
  const RetryScale scale_;
  const std::function<double()> random_;
  Metrics& metrics_;
  prometheus::Histogram& run_seconds_;
  prometheus::Counter& resumed_;
};

}  // namespace syncline::scheduler
