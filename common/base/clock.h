// Monotonic time, passed in so that tests can hold it. No decision of Syncline reads a wall clock;
// what depends on a date is decided by the database's clock, in SQL.
#pragma once

#include <chrono>
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace syncline {

// Time since an arbitrary fixed point that never goes back. Implementations are thread-safe.
class MonotonicClock {
 public:
  virtual ~MonotonicClock() = default;
  virtual absl::Duration Now() const = 0;
};

// The machine's steady clock. It stands still for nobody: a frozen process sees the time it lost.
class SteadyClock final : public MonotonicClock {
 public:
  absl::Duration Now() const override {
    return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
  }
};

}  // namespace syncline
