#include "executor/core/report_pace.h"

#include <gtest/gtest.h>

namespace syncline::executor {
namespace {

constexpr absl::Duration kNow = absl::Hours(1);
constexpr absl::Duration kNone = absl::ZeroDuration();

// How many calls go within a second when each has `reports` and goes as soon as it may.
int CallsInASecond(ReportPace& pace, std::size_t reports) {
  int calls = 0;
  for (absl::Duration now = kNow; now < kNow + absl::Seconds(1); ++calls) {
    for (absl::Duration wait; (wait = pace.Pause(now, reports)) > kNone;) now += wait;
  }
  return calls;
}

TEST(ReportPace, TheFirstGoesAtOnceAndTheFewOfARunThatIsAloneAfterTheShortestPause) {
  ReportPace pace;
  EXPECT_EQ(pace.Pause(kNow, 1), kNone);
  EXPECT_EQ(pace.Pause(kNow, 1), ReportPace::kShortestPause);
  EXPECT_EQ(pace.Pause(kNow + absl::Milliseconds(2), 1), absl::Milliseconds(3));
  EXPECT_EQ(pace.Pause(kNow + absl::Milliseconds(5), 1), kNone);
  EXPECT_EQ(pace.Pause(kNow + absl::Milliseconds(10), 1), kNone);
}

TEST(ReportPace, FewGatherAndManyDoNotWaitForMore) {
  ReportPace few;
  EXPECT_NEAR(CallsInASecond(few, 1), 50, 5);
  ReportPace many;
  EXPECT_NEAR(CallsInASecond(many, ReportPace::kMany), 200, 1);
}

TEST(ReportPace, ThoseThatWaitForCompanyGoWhenTheyAreMany) {
  ReportPace pace;
  CallsInASecond(pace, 1);
  const absl::Duration now = kNow + absl::Seconds(1) + ReportPace::kShortestPause;
  EXPECT_GT(pace.Pause(now, ReportPace::kMany - 1), kNone);
  EXPECT_EQ(pace.Pause(now, ReportPace::kMany), kNone);
}

}  // namespace
}  // namespace syncline::executor
