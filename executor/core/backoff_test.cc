#include "executor/core/backoff.h"

#include <gtest/gtest.h>

namespace syncline::executor {
namespace {

TEST(Backoff, DoublesUpToTheLongestAndStartsAgainAfterReset) {
  std::mt19937 random(7);
  Backoff backoff(absl::Milliseconds(100), absl::Seconds(1));
  for (const int most_ms : {100, 200, 400, 800, 1000, 1000}) {
    const absl::Duration wait = backoff.Next(random);
    EXPECT_LE(wait, absl::Milliseconds(most_ms));
    EXPECT_GE(wait, absl::Milliseconds(most_ms) / 2);
  }
  backoff.Reset();
  EXPECT_LE(backoff.Next(random), absl::Milliseconds(100));
}

}  // namespace
}  // namespace syncline::executor
