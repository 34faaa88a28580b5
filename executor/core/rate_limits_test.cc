#include "executor/core/rate_limits.h"

#include <gtest/gtest.h>

namespace syncline::executor {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1000);
const RateLimit kTwoASecond{.requests_per_second = 2, .burst = 2, .concurrent = 1};

TEST(RateLimits, ARunThatFollowsAtOnceGetsNoSecondBurst) {
  RateLimits limits;
  {
    const auto first = limits.For("a", kTwoASecond, kStart);
    for (int i = 0; i < 2; ++i) {
      EXPECT_EQ(first->TryAcquire(kStart), absl::ZeroDuration());
      first->Release();
    }
  }
  limits.Prune(kStart);
  EXPECT_EQ(limits.For("a", kTwoASecond, kStart)->TryAcquire(kStart), absl::Milliseconds(500));
  EXPECT_EQ(limits.For("b", kTwoASecond, kStart)->TryAcquire(kStart), absl::ZeroDuration());
}

TEST(RateLimits, ALimiterThatIsFullAgainIsForgottenButNotOneInUse) {
  RateLimits limits;
  const auto used = limits.For("used", kTwoASecond, kStart);
  limits.For("idle", kTwoASecond, kStart);
  limits.Prune(kStart + absl::Milliseconds(999));
  EXPECT_EQ(limits.size(), 2u);
  limits.Prune(kStart + absl::Seconds(1));
  EXPECT_EQ(limits.size(), 1u);
  EXPECT_EQ(limits.For("used", kTwoASecond, kStart), used);
}

TEST(RateLimits, ChangedLimitsMakeANewLimiter) {
  RateLimits limits;
  const auto before = limits.For("a", kTwoASecond, kStart);
  EXPECT_NE(limits.For("a", {.requests_per_second = 3}, kStart), before);
}

}  // namespace
}  // namespace syncline::executor
