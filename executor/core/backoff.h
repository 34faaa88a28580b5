// Growing waits between tries of one thing, with jitter, so that many executors do not try
// together. Pure.
#pragma once

#include <algorithm>
#include <random>

#include "absl/time/time.h"

namespace syncline::executor {

class Backoff {
 public:
  Backoff(absl::Duration first, absl::Duration longest)
      : first_(first), longest_(longest), next_(first) {}

  // min(longest, first × 2^n) × uniform(0.5, 1), n the number of calls since the last Reset.
  template <typename Random>
  absl::Duration Next(Random& random) {
    const absl::Duration wait = next_;
    next_ = std::min(next_ * 2, longest_);
    return wait * std::uniform_real_distribution<double>(0.5, 1.0)(random);
  }

  void Reset() { next_ = first_; }

 private:
  absl::Duration first_, longest_, next_;
};

}  // namespace syncline::executor
