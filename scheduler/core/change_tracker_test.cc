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

TEST(ChangeTracker, TheFirstLookIsWhatLaterOnesAreComparedWith) {
  ChangeTracker tracker;
  EXPECT_EQ(tracker.since(), std::nullopt);
  EXPECT_THAT(tracker.Update({kStart, {{kA, 1}}, {{kB, "log-1"}}}), IsEmpty());
  EXPECT_THAT(tracker.Update({kStart, {{kA, 1}}, {{kB, "log-1"}}}), IsEmpty());
}

TEST(ChangeTracker, ARunThatAppearsChangesOrGoesIsAChange) {
  ChangeTracker tracker;
  tracker.Update({kStart, {}, {}});
  EXPECT_THAT(tracker.Update({kStart, {{kA, 1}}, {}}), ElementsAre(kA));
  EXPECT_THAT(tracker.Update({kStart, {{kA, 2}, {kB, 1}}, {}}), ElementsAre(kA, kB));
  EXPECT_THAT(tracker.Update({kStart, {{kB, 1}}, {}}), ElementsAre(kA));
}

TEST(ChangeTracker, ARunThatCameAndWentBetweenTwoLooksIsToldOnce) {
  ChangeTracker tracker;
  tracker.Update({kStart, {}, {}});
  const ChangeScan seen{kStart, {}, {{kA, "log-1"}, {kA, "log-2"}}};
  EXPECT_THAT(tracker.Update(seen), ElementsAre(kA));
  EXPECT_THAT(tracker.Update(seen), IsEmpty());  // the next look reaches back over them
  EXPECT_THAT(tracker.Update({kStart, {}, {{kA, "log-2"}, {kA, "log-3"}}}), ElementsAre(kA));
}

TEST(ChangeTracker, LooksReachBackOverWhatIsCommittedLate) {
  ChangeTracker tracker;
  tracker.Update({kStart, {}, {}});
  EXPECT_EQ(tracker.since(), kStart - absl::Seconds(20));
}

}  // namespace
}  // namespace syncline::scheduler
