#include "scheduler/core/retry_policy.h"

#include <algorithm>

#include <fmt/format.h>

namespace syncline::scheduler {
namespace {

constexpr absl::Duration kInternalBase = absl::Seconds(1);
constexpr absl::Duration kInternalCap = absl::Minutes(5);

absl::Duration Doubled(absl::Duration base, absl::Duration cap, int times) {
  return std::min(cap, base * static_cast<double>(1LL << std::clamp(times, 0, 40)));
}

FinishDecision NextTick(std::string reason) {
  FinishDecision decision;
  decision.reason = std::move(reason);
  return decision;
}

FinishDecision RetryAfter(absl::Duration delay, std::string reason) {
  FinishDecision decision = NextTick(std::move(reason));
  decision.retry_delay = delay;
  return decision;
}

FinishDecision Disable(std::string why) {
  FinishDecision decision = NextTick("switched off: " + why);
  decision.disable_reason = std::move(why);
  return decision;
}

// Counts the failure, and switches off once max_retries + 1 of them came in a row.
FinishDecision CountedWithoutRetry(const FailedAttempt& failed, const char* what) {
  FinishDecision decision =
      failed.failures_in_row + 1 > failed.max_retries
          ? Disable(fmt::format("{} runs in a row failed; the last one: {}",
                                failed.failures_in_row + 1, failed.message))
          : NextTick(fmt::format("{}; not retried, the next tick tries again", what));
  decision.counted_failures = 1;
  return decision;
}

FinishDecision Transient(const FailedAttempt& failed, const RetryScale& scale, double random) {
  FinishDecision decision;
  if (failed.retries_spent < failed.max_retries) {
    decision = RetryAfter(Backoff(scale, failed.retries_spent + 1, random),
                          fmt::format("retry {} of {} after: {}", failed.retries_spent + 1,
                                      failed.max_retries, failed.message));
  } else {
    decision = Disable(fmt::format("{} retries in a row failed; the last one: {}",
                                   failed.max_retries, failed.message));
  }
  decision.counted_failures = 1;
  return decision;
}

}  // namespace

absl::Duration Backoff(const RetryScale& scale, int n, double random) {
  return Doubled(scale.base, scale.cap, n - 1) * (0.8 + 0.4 * random);
}

FinishDecision DecideAfterFailure(const FailedAttempt& failed, const RetryScale& scale,
                                  double random) {
  if (failed.error_class == ErrorClass::kCancelled) return NextTick("cancelled");
  if (failed.error_class == ErrorClass::kLeaseLost) {
    FinishDecision decision = NextTick("blocked: executors were lost while they ran it");
    decision.block_reason = failed.message;
    return decision;
  }
  if (!failed.sync_enabled) return NextTick("not retried, since the integration is switched off");
  switch (failed.error_class) {
    case ErrorClass::kTransient:
    case ErrorClass::kTimeout:
      return Transient(failed, scale, random);
    case ErrorClass::kRateLimited:
      return CountedWithoutRetry(failed, "rate-limited for too long");
    case ErrorClass::kData:
      return CountedWithoutRetry(failed, "the answer cannot be used");
    case ErrorClass::kAuth:
      if (failed.auth_retries > 0) return Disable("reconnect needed: " + failed.message);
      return RetryAfter(scale.base, "checked once more, since the credentials were refused");
    case ErrorClass::kConfig:
      return Disable("the configuration cannot work: " + failed.message);
    case ErrorClass::kInternal:
      if (failed.internal_retries < kMaxInternalRetries) {
        return RetryAfter(Doubled(kInternalBase, kInternalCap, failed.internal_retries),
                          "tried again after a fault of Syncline's own");
      }
      return NextTick("a fault of Syncline's own persists; the next tick tries again");
    case ErrorClass::kCancelled:
    case ErrorClass::kLeaseLost:
      break;  // handled above
  }
  return NextTick("ended");
}

}  // namespace syncline::scheduler
