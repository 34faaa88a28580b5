// When the next call with reports may go. Pure.
#pragma once

#include <cstddef>
#include <optional>

#include "absl/time/time.h"
#include "executor/core/rate_limiter.h"

namespace syncline::executor {

// A call costs both sides as much as dozens of reports in it do. Those with few reports go 100
// times a second over time, so that reports gather; but the few of runs that follow each other do
// not wait, and many reports wait for nothing but the shortest pause.
//
// An acceptance alone waits a moment: a run that has begun is about to send its first request, and
// should not wait for a processor behind what its acceptance sets going; one that is short has
// ended by then, and is accepted by its page. Not thread-safe.
class ReportPace {
 public:
  // From as many reports on they need no more company.
  static constexpr std::size_t kMany = 32;
  // Between the beginnings of two calls, however much there is to say.
  static constexpr absl::Duration kShortestPause = absl::Milliseconds(5);
  // From the first of some acceptances that wait for company.
  static constexpr absl::Duration kHesitation = absl::Milliseconds(5);

  // How long a call with so many reports, which may all be acceptances, has to wait at `now`
  // (monotonic). Zero: it goes now, and that is noted.
  absl::Duration Pause(absl::Duration now, std::size_t reports, bool only_acceptances) {
    if (only_acceptances && reports < kMany) {
      if (!accept_at_) accept_at_ = now + kHesitation;
      if (Hesitates(now)) return *accept_at_ - now;
    }
    if (now < earliest_) return earliest_ - now;
    if (reports < kMany) {
      const absl::Duration wait = few_.TryAcquire(absl::UnixEpoch() + now);
      if (wait > absl::ZeroDuration()) return wait;
      few_.Release();
    }
    earliest_ = now + kShortestPause;
    accept_at_.reset();
    return absl::ZeroDuration();
  }

  // Whether a wait for company is over with a report that came at `now`: with it there are so many,
  // or it is an end, which acceptances waited for.
  bool EndsTheWait(absl::Duration now, std::size_t reports, bool is_end) const {
    return reports >= kMany || (is_end && Hesitates(now));
  }

 private:
  bool Hesitates(absl::Duration now) const { return accept_at_ && now < *accept_at_; }

  static constexpr RateLimit kFew{.requests_per_second = 100, .burst = 20};
  RateLimiter few_{kFew};
  absl::Duration earliest_ = -absl::InfiniteDuration();
  std::optional<absl::Duration> accept_at_;
};

}  // namespace syncline::executor
