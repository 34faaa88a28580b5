#include "executor/core/rate_limiter.h"

#include <algorithm>

namespace syncline::executor {
namespace {

// Abseil cuts a duration off at its tick of a quarter nanosecond; where it did, one tick more, so
// that rounding can only make us slower than the limit.
absl::Duration Spacing(double requests_per_second) {
  if (requests_per_second <= 0) return absl::ZeroDuration();
  const absl::Duration spacing = absl::Seconds(1) / requests_per_second;
  const bool cut_off = spacing * requests_per_second < absl::Seconds(1);
  return cut_off ? spacing + absl::Nanoseconds(1) / 4 : spacing;
}

}  // namespace

RateLimiter::RateLimiter(const RateLimit& limit)
    : spacing_(Spacing(limit.requests_per_second)),
      tolerance_(spacing_ * (std::max(limit.burst, 1) - 1)),
      concurrent_(limit.concurrent) {}

absl::Duration RateLimiter::TryAcquire(absl::Time now) {
  last_ = std::max(last_, now);
  if (concurrent_ > 0 && under_way_ >= concurrent_) return absl::InfiniteDuration();
  const absl::Time earliest = due_ - tolerance_;
  if (last_ < earliest) return earliest - last_;
  due_ = std::max(due_, last_) + spacing_;
  ++under_way_;
  return absl::ZeroDuration();
}

void RateLimiter::Release() { under_way_ = std::max(under_way_ - 1, 0); }

}  // namespace syncline::executor
