#include "executor/core/trust_window.h"

#include <gtest/gtest.h>

#include "common/base/fake_clock.h"

namespace syncline::executor {
namespace {

constexpr absl::Duration kLease = absl::Seconds(30);

TEST(TrustWindow, BeginsWithTheDispatchLimit) {
  FakeClock clock;
  const TrustWindow window(clock.Now(), absl::Seconds(10), kLease);
  clock.Advance(absl::Seconds(10) - absl::Nanoseconds(1));
  EXPECT_TRUE(window.Trusted(clock.Now()));
  clock.Advance(absl::Nanoseconds(1));
  EXPECT_FALSE(window.Trusted(clock.Now()));
}

TEST(TrustWindow, BeginsNoLongerThanALease) {
  const TrustWindow window(absl::Seconds(100), absl::Seconds(5), absl::Seconds(2));
  EXPECT_EQ(window.until(), absl::Seconds(102));
}

TEST(TrustWindow, CountsFromWhenTheReportWasSentNotFromItsAnswer) {
  FakeClock clock;
  TrustWindow window(clock.Now(), absl::Seconds(10), kLease);
  const absl::Duration sent_at = clock.Now();
  clock.Advance(absl::Seconds(25));  // the answer took its time
  window.Acknowledge(sent_at, kLease);
  EXPECT_TRUE(window.Trusted(clock.Now()));
  clock.Advance(absl::Seconds(5));
  EXPECT_FALSE(window.Trusted(clock.Now()));
}

TEST(TrustWindow, AnAnswerThatIsTooLateExtendsNothingAndALaterOneDoes) {
  FakeClock clock;
  TrustWindow window(clock.Now(), absl::Seconds(10), kLease);
  const absl::Duration first = clock.Now();
  clock.Advance(absl::Seconds(40));
  const absl::Duration second = clock.Now();
  window.Acknowledge(first, kLease);
  EXPECT_FALSE(window.Trusted(clock.Now()));
  window.Acknowledge(second, kLease);
  EXPECT_TRUE(window.Trusted(clock.Now()));
}

TEST(TrustWindow, AnswersOutOfOrderNeverShortenIt) {
  FakeClock clock;
  TrustWindow window(clock.Now(), absl::Seconds(10), kLease);
  const absl::Duration first = clock.Now();
  clock.Advance(absl::Seconds(6));
  const absl::Duration second = clock.Now();
  window.Acknowledge(second, kLease);
  window.Acknowledge(first, kLease);
  EXPECT_EQ(window.until(), second + kLease);
}

}  // namespace
}  // namespace syncline::executor
