// The protocol as built has no violation within the bounds, and each thing that it is built of is
// missed when it is left out. Deeper by hand: syncline_explore (docs/explorer.md).
#include <gtest/gtest.h>

#include <cstdio>
#include <string>

#include "tests/explorer/search.h"
#include "tests/explorer/variants.h"

namespace syncline::explorer {
namespace {

constexpr int kToTheEnd = 1000;  // deeper than any state is

struct FaithfulCase {
  const char* name;
  bool snapshot_stream;
  bool track_epoch;
  int disturbances;
  int depth;
  std::size_t at_least;  // states: fewer mean that the model has come to a halt
};

class FaithfulTest : public testing::TestWithParam<FaithfulCase> {};

TEST_P(FaithfulTest, HasNoViolation) {
  const FaithfulCase& given = GetParam();
  World world;
  world.snapshot_stream = given.snapshot_stream;
  world.track_epoch = given.track_epoch;
  const Found found = Explore(Model(world, {.disturbances = given.disturbances}), given.depth);
  std::fputs(Report(found).c_str(), stdout);
  EXPECT_FALSE(found.violation) << Report(found);
  EXPECT_GE(found.states, given.at_least);
}

INSTANTIATE_TEST_SUITE_P(
    Explorer, FaithfulTest,
    testing::Values(FaithfulCase{"Undisturbed", false, false, 0, kToTheEnd, 400},
                    FaithfulCase{"OneDisturbance", false, false, 1, kToTheEnd, 80'000},
                    FaithfulCase{"OneDisturbanceOfASnapshot", true, false, 1, kToTheEnd, 100'000},
                    FaithfulCase{"TwoDisturbances", false, false, 2, 12, 1'250'000},
                    FaithfulCase{"TwoDisturbancesOfASnapshot", true, false, 2, 12, 1'400'000},
                    FaithfulCase{"TwoDisturbancesWithEpochs", false, true, 2, 9, 400'000},
                    FaithfulCase{"ThreeDisturbances", false, false, 3, 8, 1'400'000}),
    [](const auto& each) { return each.param.name; });

// The control of retry_by_delete_and_insert: the cancel in it does no harm by itself.
TEST(ExplorerTest, ACancelThatWaitsForTheRowIsSafeWhileRowsStay) {
  World world;
  world.LeaveOut(Mend::kNoLateCancel);
  const Found found = Explore(Model(world, {}), 9);
  EXPECT_FALSE(found.violation) << Report(found);
}

class VariantTest : public testing::TestWithParam<Variant> {};

TEST_P(VariantTest, BreaksItsRule) {
  const Variant& variant = GetParam();
  const Found found =
      Explore(Model(WorldOf(variant), {.disturbances = variant.disturbances}), variant.depth);
  std::fputs(Report(found).c_str(), stdout);
  ASSERT_TRUE(found.violation) << variant.name << " is not noticed";
  EXPECT_EQ(found.violation->rule, variant.broken);
}

INSTANTIATE_TEST_SUITE_P(Explorer, VariantTest, testing::ValuesIn(Variants()),
                         [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace syncline::explorer
