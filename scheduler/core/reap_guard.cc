#include "scheduler/core/reap_guard.h"

#include <algorithm>

namespace syncline::scheduler {

std::string ReapGuard::WhyNot(const ReapObservation& seen) {
  const bool slow = seen.slowest_statement > lease_ / 5;  // a heartbeat
  if (!seen.database_available || slow || seen.database_recoveries != recoveries_) {
    recoveries_ = seen.database_recoveries;
    quiet_until_ = std::max(quiet_until_, seen.now + lease_);
  }
  if (!seen.database_available) return "the database is away";
  if (seen.now < quiet_until_)
    return "less than a lease ago this scheduler started, or the database was away or slow";
  return "";
}

}  // namespace syncline::scheduler
