#include "executor/core/rate_limits.h"

#include <algorithm>
#include <iterator>

namespace syncline::executor {
namespace {

bool Same(const RateLimit& a, const RateLimit& b) {
  return a.requests_per_second == b.requests_per_second && a.burst == b.burst &&
         a.concurrent == b.concurrent;
}

absl::Duration RefillTime(const RateLimit& limit) {
  if (limit.requests_per_second <= 0) return absl::ZeroDuration();
  return absl::Seconds(1) / limit.requests_per_second * std::max(limit.burst, 1);
}

}  // namespace

std::shared_ptr<RateLimiter> RateLimits::For(const std::string& integration_id,
                                             const RateLimit& limit, absl::Time now) {
  Entry& entry = limiters_[integration_id];
  if (entry.limiter == nullptr || !Same(entry.limit, limit)) {
    entry = {limit, std::make_shared<RateLimiter>(limit), now};
  }
  entry.last_used = now;
  return entry.limiter;
}

void RateLimits::Prune(absl::Time now) {
  for (auto next = limiters_.begin(); next != limiters_.end();) {
    Entry& entry = next->second;
    const bool in_use = entry.limiter.use_count() > 1;
    if (in_use) entry.last_used = now;
    const bool idle = !in_use && entry.last_used + RefillTime(entry.limit) <= now;
    next = idle ? limiters_.erase(next) : std::next(next);
  }
}

}  // namespace syncline::executor
