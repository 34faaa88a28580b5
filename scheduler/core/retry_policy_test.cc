#include "scheduler/core/retry_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace syncline::scheduler {
namespace {

using ::testing::HasSubstr;

FailedAttempt Failed(ErrorClass error_class) {
  FailedAttempt failed;
  failed.error_class = error_class;
  failed.message = "example.com answered 500";
  return failed;
}

struct Case {
  const char* name;
  FailedAttempt failed;
  std::optional<absl::Duration> delay;  // with random = 0.5, so without jitter
  bool disables;
  bool blocks;
  int counted;
};

FailedAttempt With(ErrorClass error_class, int retries, int internal, int auth, bool enabled,
                   int max_retries, int in_row) {
  FailedAttempt failed = Failed(error_class);
  failed.retries_spent = retries;
  failed.internal_retries = internal;
  failed.auth_retries = auth;
  failed.sync_enabled = enabled;
  failed.max_retries = max_retries;
  failed.failures_in_row = in_row;
  return failed;
}

TEST(RetryPolicy, EveryClassAttemptAndSetting) {
  using E = ErrorClass;
  const std::vector<Case> cases = {
      {"transient, first", With(E::kTransient, 0, 0, 0, true, 3, 0), absl::Seconds(60), false,
       false, 1},
      {"transient, second", With(E::kTransient, 1, 0, 0, true, 3, 1), absl::Seconds(120), false,
       false, 1},
      {"transient, third", With(E::kTransient, 2, 0, 0, true, 3, 2), absl::Seconds(240), false,
       false, 1},
      {"transient, spent", With(E::kTransient, 3, 0, 0, true, 3, 3), std::nullopt, true, false, 1},
      {"transient, no retries allowed", With(E::kTransient, 0, 0, 0, true, 0, 0), std::nullopt,
       true, false, 1},
      {"transient, capped", With(E::kTransient, 12, 0, 0, true, 20, 12), absl::Hours(1), false,
       false, 1},
      {"transient, switched off", With(E::kTransient, 0, 0, 0, false, 3, 0), std::nullopt, false,
       false, 0},
      {"timeout is as transient", With(E::kTimeout, 1, 0, 0, true, 3, 1), absl::Seconds(120), false,
       false, 1},
      {"data, first", With(E::kData, 0, 0, 0, true, 3, 0), std::nullopt, false, false, 1},
      {"data, last but one", With(E::kData, 0, 0, 0, true, 3, 2), std::nullopt, false, false, 1},
      {"data, max_retries + 1 in a row", With(E::kData, 0, 0, 0, true, 3, 3), std::nullopt, true,
       false, 1},
      {"rate-limited too long counts once", With(E::kRateLimited, 0, 0, 0, true, 3, 0),
       std::nullopt, false, false, 1},
      {"auth, first", With(E::kAuth, 0, 0, 0, true, 3, 0), absl::Seconds(60), false, false, 0},
      {"auth, refused again", With(E::kAuth, 0, 0, 1, true, 3, 0), std::nullopt, true, false, 0},
      {"config disables at once", With(E::kConfig, 0, 0, 0, true, 3, 0), std::nullopt, true, false,
       0},
      {"cancelled", With(E::kCancelled, 0, 0, 0, true, 3, 0), std::nullopt, false, false, 0},
      {"internal, first", With(E::kInternal, 0, 0, 0, true, 3, 0), absl::Seconds(1), false, false,
       0},
      {"internal, fifth", With(E::kInternal, 0, 4, 0, true, 3, 0), absl::Seconds(16), false, false,
       0},
      {"internal, budget spent", With(E::kInternal, 0, 5, 0, true, 3, 0), std::nullopt, false,
       false, 0},
      {"internal, switched off", With(E::kInternal, 0, 0, 0, false, 3, 0), std::nullopt, false,
       false, 0},
      {"lease lost blocks", With(E::kLeaseLost, 0, 0, 0, true, 3, 0), std::nullopt, false, true, 0},
  };
  for (const Case& c : cases) {
    const FinishDecision decision = DecideAfterFailure(c.failed, RetryScale{}, 0.5);
    EXPECT_EQ(decision.retry_delay, c.delay) << c.name;
    EXPECT_EQ(decision.disable_reason.has_value(), c.disables) << c.name;
    EXPECT_EQ(decision.block_reason.has_value(), c.blocks) << c.name;
    EXPECT_EQ(decision.counted_failures, c.counted) << c.name;
    EXPECT_FALSE(decision.reason.empty()) << c.name;
  }
}

TEST(RetryPolicy, ReasonsSayWhatPeopleMustKnow) {
  EXPECT_THAT(
      *DecideAfterFailure(With(ErrorClass::kAuth, 0, 0, 1, true, 3, 0), {}, 0).disable_reason,
      HasSubstr("reconnect needed"));
  EXPECT_THAT(
      *DecideAfterFailure(With(ErrorClass::kTransient, 3, 0, 0, true, 3, 3), {}, 0).disable_reason,
      HasSubstr("example.com answered 500"));
}

TEST(RetryPolicy, JitterIsUniformWithinTwentyPercent) {
  std::mt19937_64 engine(42);  // NOLINT: a fixed seed, so that a failure can be repeated
  std::uniform_real_distribution<double> uniform(0, 1);
  double sum = 0;
  double least = 1e9;
  double most = 0;
  constexpr int kRounds = 20'000;
  for (int i = 0; i < kRounds; ++i) {
    const double seconds = absl::ToDoubleSeconds(Backoff(RetryScale{}, 2, uniform(engine)));
    sum += seconds;
    least = std::min(least, seconds);
    most = std::max(most, seconds);
  }
  EXPECT_GE(least, 96);
  EXPECT_LE(most, 144);
  EXPECT_LT(least, 96.5);
  EXPECT_GT(most, 143.5);
  EXPECT_NEAR(sum / kRounds, 120, 0.5);  // five standard errors
}

TEST(ErrorClass, NamesGoBothWays) {
  for (const ErrorClass c : {ErrorClass::kTransient, ErrorClass::kRateLimited, ErrorClass::kAuth,
                             ErrorClass::kConfig, ErrorClass::kData, ErrorClass::kCancelled,
                             ErrorClass::kTimeout, ErrorClass::kLeaseLost, ErrorClass::kInternal}) {
    EXPECT_EQ(ParseErrorClass(ErrorClassName(c)), c);
  }
  EXPECT_EQ(ParseErrorClass("SUCCESS"), std::nullopt);
}

}  // namespace
}  // namespace syncline::scheduler
