// The rules of the design that hold in every state. Those that a single step can break (a stale
// write, an unearned SUCCESS, a cancel that goes on) are checked where the step is made.
#pragma once

#include "tests/explorer/state.h"
#include "tests/explorer/verdict.h"
#include "tests/explorer/world.h"

namespace syncline::explorer {

void CheckRules(const World& world, const State& state, Verdict& verdict);

}  // namespace syncline::explorer
