#include "executor/core/run_plan.h"

#include <gtest/gtest.h>

namespace syncline::executor {
namespace {

using Kind = RunStep::Kind;

struct Case {
  std::string name;
  RunState state;
  Kind kind;
  std::size_t stream = 0;
  std::string cursor = {};
  bool last = false;
};

// Two streams: "things" (a snapshot, definition h1) and "events" (incremental, definition h2).
class RunPlanTest : public testing::TestWithParam<Case> {};

TEST_P(RunPlanTest, NextStep) {
  const std::vector<PlannedStream> streams = {{"things", "h1", true}, {"events", "h2", false}};
  const RunStep step = NextStep(streams, GetParam().state);
  EXPECT_EQ(step.kind, GetParam().kind);
  EXPECT_EQ(step.last_stream, GetParam().last);
  if (step.kind == Kind::kRead || step.kind == Kind::kCloseSnapshot) {
    EXPECT_EQ(step.stream, GetParam().stream);
  }
  if (step.kind == Kind::kRead) {
    EXPECT_EQ(step.cursor_json, GetParam().cursor);
  }
}

const StreamCheckpoint kThingsHalf{"h1", "c1", false, true};
const StreamCheckpoint kThingsRead{"h1", "c9", true, true};
const StreamCheckpoint kThingsDone{"h1", "c9", true, false};
const StreamCheckpoint kEventsHalf{"h2", "e1", false, false};
const StreamCheckpoint kEventsDone{"h2", "e9", true, false};

RunState With(const std::map<std::string, StreamCheckpoint>& checkpoints, bool complete = false) {
  RunState state;
  state.page_seq = 3;
  state.complete = complete;
  state.checkpoints = checkpoints;
  return state;
}

INSTANTIATE_TEST_SUITE_P(
    All, RunPlanTest,
    testing::Values(
        Case{"nothing_yet", With({}), Kind::kRead, 0, "", false},
        Case{"in_the_middle", With({{"things", kThingsHalf}}), Kind::kRead, 0, "c1", false},
        Case{"read_but_not_closed", With({{"things", kThingsRead}}), Kind::kCloseSnapshot, 0, "",
             false},
        Case{"closed", With({{"things", kThingsDone}}), Kind::kRead, 1, "", true},
        Case{"second_in_the_middle", With({{"things", kThingsDone}, {"events", kEventsHalf}}),
             Kind::kRead, 1, "e1", true},
        Case{"second_done_first", With({{"events", kEventsDone}}), Kind::kRead, 0, "", true},
        Case{"last_one_to_close", With({{"things", kThingsRead}, {"events", kEventsDone}}),
             Kind::kCloseSnapshot, 0, "", true},
        Case{"all_done_but_not_said", With({{"things", kThingsDone}, {"events", kEventsDone}}),
             Kind::kFinish},
        Case{"complete", With({{"things", kThingsDone}, {"events", kEventsDone}}, true),
             Kind::kFinish},
        Case{"complete_under_an_older_config", With({}, true), Kind::kFinish},
        Case{"definition_changed",
             With({{"things", {"h0", "c9", true, false}}, {"events", kEventsDone}}), Kind::kRead, 0,
             "", true},
        Case{"stream_no_longer_configured", With({{"gone", kThingsHalf}}), Kind::kRead, 0, "",
             false}),
    [](const auto& param) { return param.param.name; });

RunState At(std::int64_t page_seq) {
  RunState state;
  state.page_seq = page_seq;
  return state;
}

struct DoubtCase {
  std::string name;
  std::optional<RunState> state;
  Doubt expected;
};
class ResolveDoubtTest : public testing::TestWithParam<DoubtCase> {};

TEST_P(ResolveDoubtTest, WhatBecameOfPageFive) {
  EXPECT_EQ(ResolveDoubt(GetParam().state, 4), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(All, ResolveDoubtTest,
                         testing::Values(DoubtCase{"committed", At(5), Doubt::kDone},
                                         DoubtCase{"not_committed", At(4), Doubt::kSendAgain},
                                         DoubtCase{"fence_gone", std::nullopt, Doubt::kLost},
                                         DoubtCase{"a_failover_lost_pages", At(3), Doubt::kLost},
                                         DoubtCase{"somebody_went_on", At(6), Doubt::kLost}),
                         [](const auto& param) { return param.param.name; });

}  // namespace
}  // namespace syncline::executor
