// The rate limiters of the integrations that run here. A limiter outlives its run for as long as it
// would still make somebody wait, so that a run that follows at once gets no second burst. Pure;
// not thread-safe.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "executor/core/rate_limiter.h"

namespace syncline::executor {

class RateLimits {
 public:
  // The integration's limiter; a new one when it has none or its limits have changed.
  std::shared_ptr<RateLimiter> For(const std::string& integration_id, const RateLimit& limit,
                                   absl::Time now);

  // Forgets the limiters that nobody uses and that have had time to refill.
  void Prune(absl::Time now);

  std::size_t size() const { return limiters_.size(); }

 private:
  struct Entry {
    RateLimit limit;
    std::shared_ptr<RateLimiter> limiter;
    absl::Time last_used;
  };
  std::unordered_map<std::string, Entry> limiters_;
};

}  // namespace syncline::executor
