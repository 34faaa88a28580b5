#include "scheduler/core/change_tracker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace syncline::scheduler {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const IntegrationKey kA{"t", "a"};
const IntegrationKey kB{"t", "b"};
const absl::Time kStart = absl::FromUnixSeconds(1'000'000);

// A look of `tracker` that sees these events, by their marks.
ChangeScan Look(const ChangeTracker& tracker, std::map<IntegrationKey, ActiveRun> live,
                const std::vector<std::pair<std::int64_t, IntegrationKey>>& events) {
  ChangeScan scan{kStart, std::move(live), {}, {}};
  for (const auto& [mark, key] : events) scan.AddEvent(mark, tracker.cursor(), [&] { return key; });
  return scan;
}

TEST(ChangeTracker, TheFirstLookIsWhatLaterOnesAreComparedWith) {
  ChangeTracker tracker;
  EXPECT_EQ(tracker.cursor(), nullptr);
  EXPECT_THAT(tracker.Update(Look(tracker, {{kA, {1}}}, {{1, kB}})), IsEmpty());
  EXPECT_THAT(tracker.Update(Look(tracker, {{kA, {1}}}, {{1, kB}})), IsEmpty());
}

TEST(ChangeTracker, ARunThatAppearsChangesOrGoesIsAChange) {
  ChangeTracker tracker;
  tracker.Update({kStart, {}, {}, {}});
  EXPECT_THAT(tracker.Update({kStart, {{kA, {1}}}, {}, {}}), ElementsAre(kA));
  EXPECT_THAT(tracker.Update({kStart, {{kA, {2}}, {kB, {1}}}, {}, {}}), ElementsAre(kA, kB));
  EXPECT_THAT(tracker.Update({kStart, {{kB, {1}}}, {}, {}}), ElementsAre(kA));
}

TEST(ChangeTracker, ARunThatCameAndWentBetweenTwoLooksIsToldOnce) {
  ChangeTracker tracker;
  tracker.Update({kStart, {}, {}, {}});
  EXPECT_THAT(tracker.Update(Look(tracker, {}, {{2, kA}, {1, kA}})), ElementsAre(kA));
  // The next look reaches back over them.
  const ChangeScan again = Look(tracker, {}, {{2, kA}, {1, kA}});
  EXPECT_THAT(again.changed, IsEmpty());
  EXPECT_THAT(tracker.Update(again), IsEmpty());
  EXPECT_THAT(tracker.Update(Look(tracker, {}, {{2, kA}, {-3, kA}})), ElementsAre(kA));
}

TEST(ChangeTracker, ProgressIsToldOnceAPeriod) {
  ChangeTracker tracker;
  const auto look = [&](absl::Duration after, std::map<IntegrationKey, ActiveRun> live) {
    return tracker.Update({kStart + after, std::move(live), {}, {}});
  };
  look(absl::ZeroDuration(), {});
  EXPECT_THAT(look(absl::Seconds(1), {{kA, {1, 0}}}), ElementsAre(kA));
  EXPECT_THAT(look(absl::Seconds(1.4), {{kA, {1, 1}}}), IsEmpty());
  EXPECT_THAT(look(absl::Seconds(1.8), {{kA, {1, 2}}}), IsEmpty());
  EXPECT_THAT(look(absl::Seconds(2), {{kA, {1, 2}}}), ElementsAre(kA));  // what was held back
  EXPECT_THAT(look(absl::Seconds(4), {{kA, {1, 2}}}), IsEmpty());        // it did not move
  EXPECT_THAT(look(absl::Seconds(4.4), {{kA, {1, 3}}}), ElementsAre(kA));
  // A change of state waits for nothing, and tells the counts too.
  EXPECT_THAT(look(absl::Seconds(4.8), {{kA, {2, 4}}}), ElementsAre(kA));
  EXPECT_THAT(look(absl::Seconds(5.2), {{kA, {2, 4}}}), IsEmpty());
  EXPECT_THAT(look(absl::Seconds(5.6), {}), ElementsAre(kA));
}

TEST(ChangeTracker, ProgressOfManyRunsIsEachToldByItself) {
  ChangeTracker tracker;
  tracker.Update({kStart, {{kA, {1, 0}}}, {}, {}});
  const absl::Time later = kStart + absl::Seconds(0.8);
  EXPECT_THAT(tracker.Update({later, {{kA, {1, 1}}, {kB, {1, 0}}}, {}, {}}), ElementsAre(kB));
  EXPECT_THAT(tracker.Update({later + absl::Seconds(0.4), {{kA, {1, 1}}, {kB, {1, 1}}}, {}, {}}),
              ElementsAre(kA));
  EXPECT_THAT(tracker.Update({later + absl::Seconds(1), {{kA, {1, 1}}, {kB, {1, 1}}}, {}, {}}),
              ElementsAre(kB));
}

TEST(ChangeTracker, AClockThatWentBackHoldsNoProgress) {
  ChangeTracker tracker;
  tracker.Update({kStart, {{kA, {1, 0}}}, {}, {}});
  EXPECT_THAT(tracker.Update({kStart - absl::Hours(1), {{kA, {1, 1}}}, {}, {}}), ElementsAre(kA));
  EXPECT_THAT(tracker.Update({kStart - absl::Hours(1), {{kA, {1, 2}}}, {}, {}}), IsEmpty());
}

TEST(ChangeTracker, LooksReachBackOverWhatIsCommittedLate) {
  ChangeTracker tracker;
  tracker.Update({kStart, {}, {}, {}});
  EXPECT_EQ(tracker.cursor()->since, kStart - absl::Seconds(20));
}

}  // namespace
}  // namespace syncline::scheduler
