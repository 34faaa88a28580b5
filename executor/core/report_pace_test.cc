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
    for (absl::Duration wait; (wait = pace.Pause(now, reports, false)) > kNone;) now += wait;
  }
  return calls;
}

TEST(ReportPace, TheFirstGoesAtOnceAndTheFewOfARunThatIsAloneAfterTheShortestPause) {
  ReportPace pace;
  EXPECT_EQ(pace.Pause(kNow, 1, false), kNone);
  EXPECT_EQ(pace.Pause(kNow, 1, false), ReportPace::kShortestPause);
  EXPECT_EQ(pace.Pause(kNow + absl::Milliseconds(2), 1, false), absl::Milliseconds(3));
  EXPECT_EQ(pace.Pause(kNow + absl::Milliseconds(5), 1, false), kNone);
  EXPECT_EQ(pace.Pause(kNow + absl::Milliseconds(10), 1, false), kNone);
}

TEST(ReportPace, FewGatherAndManyDoNotWaitForMore) {
  ReportPace few;
  EXPECT_NEAR(CallsInASecond(few, 1), 120, 5) << "100, and the first 20";
  ReportPace many;
  EXPECT_NEAR(CallsInASecond(many, ReportPace::kMany), 200, 1);
}

TEST(ReportPace, ThoseThatWaitForCompanyGoWhenTheyAreMany) {
  ReportPace pace;
  CallsInASecond(pace, 1);
  const absl::Duration now = kNow + absl::Seconds(1) + ReportPace::kShortestPause;
  EXPECT_GT(pace.Pause(now, ReportPace::kMany - 1, false), kNone);
  EXPECT_FALSE(pace.EndsTheWait(now, ReportPace::kMany - 1, true));
  EXPECT_TRUE(pace.EndsTheWait(now, ReportPace::kMany, false));
  EXPECT_EQ(pace.Pause(now, ReportPace::kMany, false), kNone);
}

TEST(ReportPace, AnAcceptanceWaitsAMomentForAnEnd) {
  ReportPace pace;
  EXPECT_EQ(pace.Pause(kNow, 1, true), ReportPace::kHesitation);
  const absl::Duration then = kNow + absl::Milliseconds(2);
  EXPECT_EQ(pace.Pause(then, 2, true), absl::Milliseconds(3)) << "from the first one";
  EXPECT_FALSE(pace.EndsTheWait(then, 3, false)) << "another acceptance";
  EXPECT_TRUE(pace.EndsTheWait(then, 2, true)) << "one of them has ended";
  EXPECT_EQ(pace.Pause(then, 2, false), kNone);
}

TEST(ReportPace, AnAcceptanceWithoutAnEndGoesAfterTheMoment) {
  ReportPace pace;
  EXPECT_EQ(pace.Pause(kNow, 1, true), ReportPace::kHesitation);
  const absl::Duration then = kNow + ReportPace::kHesitation;
  EXPECT_EQ(pace.Pause(then, 1, true), kNone);
  EXPECT_EQ(pace.Pause(then, 1, true), ReportPace::kHesitation) << "the next one anew";
}

TEST(ReportPace, ManyAcceptancesDoNotWait) {
  ReportPace pace;
  EXPECT_EQ(pace.Pause(kNow, ReportPace::kMany - 1, true), ReportPace::kHesitation);
  EXPECT_EQ(pace.Pause(kNow, ReportPace::kMany, true), kNone);
}

}  // namespace
}  // namespace syncline::executor
