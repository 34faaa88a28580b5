#include "executor/core/rate_limiter.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace syncline::executor {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'000'000);

TEST(RateLimiterTest, ABurstIsGrantedAtOnceThenTheSteadyRate) {
  RateLimiter limiter({.requests_per_second = 4, .burst = 3});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limiter.TryAcquire(kStart), absl::ZeroDuration()) << i;
  EXPECT_EQ(limiter.TryAcquire(kStart), absl::Milliseconds(250));
  EXPECT_EQ(limiter.TryAcquire(kStart + absl::Milliseconds(100)), absl::Milliseconds(150));
  EXPECT_EQ(limiter.TryAcquire(kStart + absl::Milliseconds(250)), absl::ZeroDuration());
  EXPECT_EQ(limiter.TryAcquire(kStart + absl::Milliseconds(250)), absl::Milliseconds(250));
}

TEST(RateLimiterTest, ARefusalSpendsNothing) {
  RateLimiter limiter({.requests_per_second = 1});
  ASSERT_EQ(limiter.TryAcquire(kStart), absl::ZeroDuration());
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(limiter.TryAcquire(kStart + absl::Milliseconds(500)), absl::Milliseconds(500));
  }
  EXPECT_EQ(limiter.TryAcquire(kStart + absl::Seconds(1)), absl::ZeroDuration());
  EXPECT_EQ(limiter.under_way(), 2);
}

TEST(RateLimiterTest, AQuietTimeRefillsTheBurstAndNoMore) {
  RateLimiter limiter({.requests_per_second = 10, .burst = 5});
  for (int i = 0; i < 5; ++i) ASSERT_EQ(limiter.TryAcquire(kStart), absl::ZeroDuration());
  const absl::Time later = kStart + absl::Hours(24);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(limiter.TryAcquire(later), absl::ZeroDuration()) << i;
  EXPECT_EQ(limiter.TryAcquire(later), absl::Milliseconds(100));
}

TEST(RateLimiterTest, ConcurrentPlacesAreGivenBackByRelease) {
  RateLimiter limiter({.concurrent = 2});
  EXPECT_EQ(limiter.TryAcquire(kStart), absl::ZeroDuration());
  EXPECT_EQ(limiter.TryAcquire(kStart), absl::ZeroDuration());
  EXPECT_EQ(limiter.TryAcquire(kStart + absl::Hours(1)), absl::InfiniteDuration());
  limiter.Release();
  EXPECT_EQ(limiter.TryAcquire(kStart + absl::Hours(1)), absl::ZeroDuration());
  EXPECT_EQ(limiter.under_way(), 2);
}

TEST(RateLimiterTest, WaitingForAPlaceSpendsNoToken) {
  RateLimiter limiter({.requests_per_second = 1, .burst = 2, .concurrent = 1});
  ASSERT_EQ(limiter.TryAcquire(kStart), absl::ZeroDuration());
  ASSERT_EQ(limiter.TryAcquire(kStart), absl::InfiniteDuration());
  limiter.Release();
  EXPECT_EQ(limiter.TryAcquire(kStart), absl::ZeroDuration());
  limiter.Release();
  EXPECT_EQ(limiter.TryAcquire(kStart), absl::Seconds(1));
}

TEST(RateLimiterTest, NoLimitsMeansNoWaiting) {
  RateLimiter limiter(RateLimit{});
  for (int i = 0; i < 10'000; ++i) ASSERT_EQ(limiter.TryAcquire(kStart), absl::ZeroDuration());
}

TEST(RateLimiterTest, AClockThatGoesBackGrantsNothingExtra) {
  RateLimiter limiter({.requests_per_second = 1});
  ASSERT_EQ(limiter.TryAcquire(kStart), absl::ZeroDuration());
  EXPECT_EQ(limiter.TryAcquire(kStart - absl::Hours(1)), absl::Seconds(1));
  EXPECT_EQ(limiter.TryAcquire(kStart + absl::Seconds(1)), absl::ZeroDuration());
}

TEST(RateLimiterTest, ReleaseWithoutAGrantIsHarmless) {
  RateLimiter limiter({.concurrent = 1});
  limiter.Release();
  EXPECT_EQ(limiter.under_way(), 0);
  EXPECT_EQ(limiter.TryAcquire(kStart), absl::ZeroDuration());
  EXPECT_EQ(limiter.TryAcquire(kStart), absl::InfiniteDuration());
}

struct WindowCase {
  std::string name;
  RateLimit limit;
};

class RateLimiterWindowTest : public testing::TestWithParam<WindowCase> {};

// Callers that ask at random moments and after the very wait they were told: the two worst cases.
TEST_P(RateLimiterWindowTest, NoWindowHoldsMoreThanBurstPlusRateTimesLength) {
  const RateLimit& limit = GetParam().limit;
  std::mt19937 random(20240501);
  std::exponential_distribution<double> gap(limit.requests_per_second * 3);
  for (const bool obedient : {false, true}) {
    RateLimiter limiter(limit);
    std::vector<absl::Time> granted;
    absl::Time now = kStart;
    while (granted.size() < 600) {
      const absl::Duration wait = limiter.TryAcquire(now);
      if (wait == absl::ZeroDuration()) granted.push_back(now);
      now += obedient ? wait : absl::Seconds(gap(random));
      if (random() % 97 == 0) now += absl::Seconds(5 / limit.requests_per_second);
    }
    for (size_t first = 0; first < granted.size(); ++first) {
      for (size_t last = first; last < granted.size(); ++last) {
        const double window = absl::ToDoubleSeconds(granted[last] - granted[first]);
        const double allowed = limit.burst + limit.requests_per_second * window;
        ASSERT_LE(static_cast<double>(last - first + 1), allowed + 1e-6)
            << "grants " << first << " to " << last << ", obedient " << obedient;
      }
    }
  }
}

TEST_P(RateLimiterWindowTest, AnObedientCallerGetsTheWholeRate) {
  const RateLimit& limit = GetParam().limit;
  RateLimiter limiter(limit);
  absl::Time now = kStart;
  const int requests = 1'000;
  for (int i = 0; i < requests; ++i) {
    const absl::Duration wait = limiter.TryAcquire(now);
    if (wait == absl::ZeroDuration()) continue;
    now += wait;
    ASSERT_EQ(limiter.TryAcquire(now), absl::ZeroDuration()) << i;
  }
  const double expected = (requests - limit.burst) / limit.requests_per_second;
  EXPECT_NEAR(absl::ToDoubleSeconds(now - kStart), expected, expected * 1e-6);
}

INSTANTIATE_TEST_SUITE_P(
    All, RateLimiterWindowTest,
    testing::Values(WindowCase{"one_a_second", {.requests_per_second = 1}},
                    WindowCase{"thirds", {.requests_per_second = 3, .burst = 7}},
                    WindowCase{"sevenths", {.requests_per_second = 0.7, .burst = 2}},
                    WindowCase{"one_an_hour", {.requests_per_second = 1.0 / 3600, .burst = 3}},
                    WindowCase{"fast", {.requests_per_second = 997, .burst = 50}}),
    [](const testing::TestParamInfo<WindowCase>& param) { return param.param.name; });

}  // namespace
}  // namespace syncline::executor
