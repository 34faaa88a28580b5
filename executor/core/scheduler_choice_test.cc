#include "executor/core/scheduler_choice.h"

#include <gtest/gtest.h>

namespace syncline::executor {
namespace {

using Loads = std::vector<std::optional<SchedulerLoad>>;

TEST(BetterScheduler, MovesOnlyWhereItEvensThingsOut) {
  const struct {
    const char* name;
    int mine;
    Loads others;
    std::optional<std::size_t> expected;
  } cases[] = {
      {"no other", 5, {}, std::nullopt},
      {"nobody answers", 5, Loads(1), std::nullopt},
      {"a new one", 2, Loads{SchedulerLoad{"b", 0}}, 0},
      {"alone, so moving changes nothing", 1, Loads{SchedulerLoad{"b", 0}}, std::nullopt},
      {"one fewer", 4, Loads{SchedulerLoad{"b", 3}}, std::nullopt},
      {"two fewer", 5, Loads{SchedulerLoad{"b", 3}}, 0},
      {"more", 1, Loads{SchedulerLoad{"b", 7}}, std::nullopt},
      {"the least loaded", 9,
       Loads{SchedulerLoad{"b", 3}, std::nullopt, SchedulerLoad{"c", 1}, SchedulerLoad{"d", 2}}, 2},
      {"its own other address", 5, Loads{SchedulerLoad{"a", 0}}, std::nullopt},
  };
  for (const auto& c : cases)
    EXPECT_EQ(BetterScheduler({"a", c.mine}, c.others), c.expected) << c.name;
}

}  // namespace
}  // namespace syncline::executor
