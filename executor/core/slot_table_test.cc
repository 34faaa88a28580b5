#include "executor/core/slot_table.h"

#include <gtest/gtest.h>

namespace syncline::executor {
namespace {

TEST(SlotTable, TakesUpToItsSlotsAndAgainWhenOneIsFree) {
  SlotTable table(2);
  EXPECT_EQ(table.Decide("a", "f1", false).admission, Admission::kTake);
  table.Take("a", "f1", false);
  table.Take("b", "f2", false);
  const AdmissionDecision full = table.Decide("c", "f3", false);
  EXPECT_EQ(full.admission, Admission::kRefuse);
  EXPECT_EQ(full.reason, "no free slot");
  table.Free("a", "f1");
  EXPECT_EQ(table.busy(), 1u);
  EXPECT_EQ(table.Decide("c", "f3", false).admission, Admission::kTake);
}

TEST(SlotTable, TheSameFenceIsIgnoredAndAnotherOfTheSameIntegrationRefused) {
  SlotTable table(4);
  table.Take("a", "f1", false);
  EXPECT_EQ(table.Decide("a", "f1", false).admission, Admission::kIgnore);
  EXPECT_EQ(table.Decide("a", "f2", false).admission, Admission::kRefuse);
  table.Free("a", "f2");  // not what is held
  EXPECT_EQ(table.busy(), 1u);
}

TEST(SlotTable, ANewerClaimTakesTheSlotOfARunThatHasEnded) {
  SlotTable table(2);
  table.Take("a", "f1", true);
  table.End("a", "f0");  // not what is held
  EXPECT_EQ(table.Decide("a", "f2", true).admission, Admission::kRefuse);
  table.End("a", "f1");
  EXPECT_EQ(table.Decide("a", "f1", true).admission, Admission::kIgnore);
  EXPECT_EQ(table.Decide("b", "f2", false).admission, Admission::kRefuse);
  EXPECT_EQ(table.Decide("a", "f2", true).admission, Admission::kTake);
  table.Take("a", "f2", false);
  EXPECT_EQ(table.Decide("a", "f3", false).admission, Admission::kRefuse);
  table.Free("a", "f1");  // the answer to the first one's end
  EXPECT_EQ(table.busy(), 1u);
  EXPECT_EQ(table.Decide("b", "f3", false).admission, Admission::kTake);
  table.Take("b", "f3", false);
  table.End("b", "f3");
  EXPECT_EQ(table.Decide("b", "f4", false).admission, Admission::kTake);
  EXPECT_EQ(table.Decide("c", "f4", false).reason, "no free slot");
}

TEST(SlotTable, DrainingRefusesAllButWhatItHolds) {
  SlotTable table(4);
  table.Take("a", "f1", false);
  table.StartDraining();
  EXPECT_EQ(table.Decide("b", "f2", false).reason, "draining");
  EXPECT_EQ(table.Decide("a", "f1", false).admission, Admission::kIgnore);
}

TEST(SlotTable, ARunThatGoesAloneHasNoNeighbours) {
  SlotTable table(4);
  table.Take("a", "f1", false);
  EXPECT_EQ(table.Decide("b", "f2", true).admission, Admission::kRefuse);
  table.Free("a", "f1");
  EXPECT_EQ(table.Decide("b", "f2", true).admission, Admission::kTake);
  table.Take("b", "f2", true);
  EXPECT_EQ(table.Decide("c", "f3", false).admission, Admission::kRefuse);
  table.Free("b", "f2");
  EXPECT_EQ(table.Decide("c", "f3", false).admission, Admission::kTake);
}

}  // namespace
}  // namespace syncline::executor
