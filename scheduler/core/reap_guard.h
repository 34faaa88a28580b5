// Whether the reaper may act. An outage of the database, or of this scheduler, is not a death of
// the executors: after one, they get a whole lease to report before anything is taken from them.
// (The first lease after the database server's start is kept by the reaper's statement itself.)
#pragma once

#include <cstdint>
#include <string>

#include "absl/time/time.h"

namespace syncline::scheduler {

// What the reaper observes before a pass. Monotonic times.
struct ReapObservation {
  absl::Duration now;
  std::int64_t database_recoveries = 0;  // how often the database has come back so far
  bool database_available = true;
  absl::Duration slowest_statement;  // since the observation before
};

// Used by one thread.
class ReapGuard {
 public:
  // `start` is when this scheduler started; `lease` the lease length.
  ReapGuard(absl::Duration start, absl::Duration lease)
      : lease_(lease), quiet_until_(start + lease) {}

  // Empty when the reaper may act now, else why not.
  std::string WhyNot(const ReapObservation& seen);

 private:
  const absl::Duration lease_;
  absl::Duration quiet_until_;
  std::int64_t recoveries_ = 0;
};

}  // namespace syncline::scheduler
