// What follows a failed attempt: a retry and when, switching the integration off, blocking it, or
// waiting for the next tick. The table is the protocol's "Error classes and what follows".
#pragma once

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "scheduler/core/error_class.h"

namespace syncline::scheduler {

// The scale of the backoff (SYNC_RETRY_BASE, SYNC_RETRY_CAP).
struct RetryScale {
  absl::Duration base = absl::Seconds(60);
  absl::Duration cap = absl::Hours(1);
};

// A failed attempt and its integration as they are now.
struct FailedAttempt {
  ErrorClass error_class = ErrorClass::kInternal;
  std::string message;       // for reasons that people read; no secrets
  int retries_spent = 0;     // TRANSIENT and TIMEOUT retries of this run so far
  int internal_retries = 0;  // INTERNAL retries of this run so far
  int auth_retries = 0;      // AUTH retries of this run so far
  bool sync_enabled = true;
  int max_retries = 3;
  int failures_in_row = 0;  // counted failures since the last success, without this one
};

struct FinishDecision {
  std::optional<absl::Duration> retry_delay;  // nullopt: the run ends here
  std::optional<std::string> disable_reason;  // set: sync_enabled becomes false
  std::optional<std::string>
      block_reason;          // set: nothing starts until a config change or manual trigger
  int counted_failures = 0;  // added to the failures in a row
  std::string reason;        // in words, for the log and the waiting row
};

inline constexpr int kMaxInternalRetries = 5;

// Backoff before retry `n` (from 1): min(cap, base × 2^(n−1)) × (0.8 + 0.4 × random), `random` in
// [0, 1).
absl::Duration Backoff(const RetryScale& scale, int n, double random);

// Pure: the same input gives the same decision. `random` is uniform in [0, 1).
FinishDecision DecideAfterFailure(const FailedAttempt& failed, const RetryScale& scale,
                                  double random);

}  // namespace syncline::scheduler
