// A monotonic clock for tests that moves only when told. Thread-safe.
#pragma once

#include <mutex>

#include "common/base/clock.h"

namespace syncline {

class FakeClock final : public MonotonicClock {
 public:
  absl::Duration Now() const override {
    std::lock_guard lock(mutex_);
    return now_;
  }
  void Advance(absl::Duration by) {
    std::lock_guard lock(mutex_);
    now_ += by;
  }

 private:
  mutable std::mutex mutex_;
  absl::Duration now_ = absl::Hours(1);
};

}  // namespace syncline
