#include "scheduler/core/next_sync.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "common/base/ids.h"

namespace syncline::scheduler {
namespace {

const absl::Time kAnchor = absl::FromUnixSeconds(1'700'000'000);

struct Case {
  const char* name;
  std::int64_t interval_s;
  std::int64_t after_s;     // relative to the anchor
  std::int64_t expected_s;  // relative to the anchor
};

TEST(NextTick, IsTheFirstGridPointStrictlyAfter) {
  const std::vector<Case> cases = {
      {"at the anchor", 300, 0, 300},
      {"just before a point", 300, 299, 300},
      {"at a point", 300, 300, 600},
      {"after missed ticks there is one", 300, 100'000, 100'200},
      {"before the anchor", 300, -1, 0},
      {"long before the anchor", 300, -601, -600},
      {"at a point before the anchor", 300, -600, -300},
      {"5 minutes", 300, 1, 300},
      {"15 minutes", 900, 901, 1800},
      {"30 minutes", 1800, 1799, 1800},
      {"1 hour", 3600, 3600, 7200},
      {"6 hours", 21600, 50'000, 64'800},
      {"daily", 86400, 86'400 * 3 + 5, 86'400 * 4},
      {"366 days", 366 * 86400, 1, 366 * 86400},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(NextTick(kAnchor, absl::Seconds(c.interval_s), kAnchor + absl::Seconds(c.after_s)),
              kAnchor + absl::Seconds(c.expected_s))
        << c.name;
  }
}

TEST(NextTick, ASlowSyncDoesNotDrift) {
  absl::Time now = kAnchor;
  for (int i = 0; i < 1000; ++i) {
    const absl::Time next = *NextTick(kAnchor, absl::Seconds(300), now);
    EXPECT_EQ((next - kAnchor) % absl::Seconds(300), absl::ZeroDuration());
    EXPECT_GT(next, now);
    EXPECT_LE(next - now, absl::Seconds(300));
    now = next + absl::Milliseconds(7 * i);  // each sync ends later than the one before
  }
}

TEST(NextTick, WithoutAnIntervalThereIsNone) {
  EXPECT_EQ(NextTick(kAnchor, std::nullopt, kAnchor), std::nullopt);
}

TEST(GridShift, IsStableWithinTheIntervalAndSpreads) {
  EXPECT_EQ(GridShift("01932b3c-0000-7000-8000-00000000000f", absl::Seconds(300)),
            absl::Seconds(15));
  EXPECT_EQ(GridShift("01932b3c-0000-7000-8000-0000ffffffff", absl::Seconds(60)),
            absl::Seconds(0xffffffffLL % 60));
  std::vector<int> buckets(10);
  for (int i = 0; i < 10'000; ++i) {
    const absl::Duration shift = GridShift(NewRandomUuid(), absl::Hours(1));
    ASSERT_GE(shift, absl::ZeroDuration());
    ASSERT_LT(shift, absl::Hours(1));
    ++buckets[static_cast<std::size_t>(absl::ToInt64Minutes(shift) / 6)];
  }
  for (const int count : buckets) EXPECT_NEAR(count, 1000, 200);  // six standard deviations
}

}  // namespace
}  // namespace syncline::scheduler
