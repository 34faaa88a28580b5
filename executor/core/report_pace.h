// When the next call with reports may go. Pure.
#pragma once

#include <cstddef>

#include "absl/time/time.h"
#include "executor/core/rate_limiter.h"

namespace syncline::executor {

// A call costs both sides as much as dozens of reports in it do. Those with few reports go 50 times
// a second over time, so that reports gather; but the few of a run that is alone do not wait for
// each other, and many reports wait for nothing but the shortest pause. Not thread-safe.
class ReportPace {
 public:
  // From as many reports on they need no more company.
  static constexpr std::size_t kMany = 32;
  // Between the beginnings of two calls, however much there is to say.
  static constexpr absl::Duration kShortestPause = absl::Milliseconds(5);

  // How long a call with so many reports has to wait at `now` (monotonic). Zero: it goes now, and
  // that is noted.
  absl::Duration Pause(absl::Duration now, std::size_t reports) {
    if (now < earliest_) return earliest_ - now;
    if (reports < kMany) {
      const absl::Duration wait = few_.TryAcquire(absl::UnixEpoch() + now);
      if (wait > absl::ZeroDuration()) return wait;
    }
    earliest_ = now + kShortestPause;
    return absl::ZeroDuration();
  }

 private:
  static constexpr RateLimit kFew{.requests_per_second = 50, .burst = 4};
  RateLimiter few_{kFew};
  absl::Duration earliest_ = -absl::InfiniteDuration();
};

}  // namespace syncline::executor
