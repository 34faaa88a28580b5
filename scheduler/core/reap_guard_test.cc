#include "scheduler/core/reap_guard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace syncline::scheduler {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr absl::Duration kLease = absl::Seconds(30);

ReapObservation At(double seconds) {
  ReapObservation seen;
  seen.now = absl::Seconds(seconds);
  return seen;
}

TEST(ReapGuard, WaitsALeaseAfterItsStart) {
  ReapGuard guard(absl::Seconds(100), kLease);
  EXPECT_THAT(guard.WhyNot(At(129)), HasSubstr("started"));
  EXPECT_THAT(guard.WhyNot(At(130)), IsEmpty());
}

TEST(ReapGuard, WaitsALeaseAfterAnOutageASlowStatementOrAReconnect) {
  const struct {
    const char* name;
    void (*spoil)(ReapObservation&);
  } cases[] = {
      {"away", [](ReapObservation& seen) { seen.database_available = false; }},
      {"slow",
       [](ReapObservation& seen) { seen.slowest_statement = kLease / 5 + absl::Milliseconds(1); }},
      {"back between two looks", [](ReapObservation& seen) { seen.database_recoveries = 1; }},
  };
  for (const auto& c : cases) {
    ReapGuard guard(absl::ZeroDuration(), kLease);
    EXPECT_THAT(guard.WhyNot(At(200)), IsEmpty()) << c.name;
    ReapObservation bad = At(201);
    c.spoil(bad);
    EXPECT_FALSE(guard.WhyNot(bad).empty()) << c.name;
    ReapObservation later = At(230);
    later.database_recoveries = bad.database_recoveries;
    EXPECT_FALSE(guard.WhyNot(later).empty()) << c.name;
    later.now = absl::Seconds(231);
    EXPECT_THAT(guard.WhyNot(later), IsEmpty()) << c.name;
  }
}

}  // namespace
}  // namespace syncline::scheduler
