#include "scheduler/core/slot_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace syncline::scheduler {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(SlotPlan, TheLeastLoadedIsServedFirst) {
  EXPECT_THAT(PlanSlots({{"a", "a", 4, 2}, {"b", "b", 4, 0}}, 10), ElementsAre(1, 1, 0, 1, 0, 1));
  EXPECT_THAT(PlanSlots({{"a", "a", 2, 0}, {"b", "b", 8, 0}}, 4), ElementsAre(0, 1, 1, 1));
}

TEST(SlotPlan, TiesGoToTheOneServedLongestAgo) {
  EXPECT_THAT(PlanSlots({{"a", "a", 4, 0, 9}, {"b", "b", 4, 0, 7}, {"c", "c", 4, 0, 8}}, 4),
              ElementsAre(1, 2, 0, 1));
  EXPECT_THAT(PlanSlots({{"a", "a", 4, 1, 0}, {"b", "b", 4, 0, 7}}, 1), ElementsAre(1));
}

TEST(SlotPlan, NeverMoreThanIsFreeOrAskedFor) {
  EXPECT_THAT(PlanSlots({}, 10), IsEmpty());
  EXPECT_THAT(PlanSlots({{"a", "a", 2, 2}, {"b", "b", 1, 3}}, 10), IsEmpty());
  EXPECT_THAT(PlanSlots({{"a", "a", 5, 0}}, 0), IsEmpty());
  const auto plan = PlanSlots({{"a", "a", 3, 1}, {"b", "b", 5, 0}}, 100);
  EXPECT_EQ(std::count(plan.begin(), plan.end(), 0), 2);
  EXPECT_EQ(std::count(plan.begin(), plan.end(), 1), 5);
}

}  // namespace
}  // namespace syncline::scheduler
