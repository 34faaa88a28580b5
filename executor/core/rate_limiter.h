// Keeps one integration's rate limit: at most `burst` requests at once, `requests_per_second` over
// time, `concurrent` at the same moment.
//
// A token bucket in its "virtual scheduling" form (GCRA, ITU-T I.371): one time stamp instead of a
// token count, so there is no rounding that adds up. In any window of length w no more than
// burst + requests_per_second * w requests are granted.
//
// Pure: it reads no clock. Not thread-safe: its owner calls it from one thread or under a lock.
#pragma once

#include "absl/time/time.h"

namespace syncline::executor {

struct RateLimit {
  // Requests per second over time, above 0; 0 means no limit (then `burst` has no meaning).
  double requests_per_second = 0;
  // Requests that may start at once after a quiet time; 1 or more, lower values count as 1.
  int burst = 1;
  // Requests under way at the same moment; 0 means no limit.
  int concurrent = 0;
};

class RateLimiter {
 public:
  // Starts with a full bucket and nothing under way.
  explicit RateLimiter(const RateLimit& limit);

  // Asks to start one request at `now`, a reading of a clock that does not go back (an earlier
  // reading than the last one counts as the last one).
  //   0         granted; the caller owes one Release() when the request has ended
  //   infinite  all `concurrent` places are taken: ask again after a Release()
  //   other     ask again after this long; asking earlier is harmless
  // A refusal changes nothing, so the order of waiters is the caller's.
  absl::Duration TryAcquire(absl::Time now);

  // Gives back the place of a request that was granted and has ended, however it ended.
  void Release();

  // Requests granted and not yet released.
  int under_way() const { return under_way_; }

 private:
  absl::Duration spacing_;    // Between two requests at the steady rate; zero for no limit.
  absl::Duration tolerance_;  // How far ahead of the steady rate a burst may run.
  int concurrent_;
  int under_way_ = 0;
  absl::Time last_ = absl::InfinitePast();
  absl::Time due_ = absl::InfinitePast();  // When the next request is due at the steady rate.
};

}  // namespace syncline::executor
