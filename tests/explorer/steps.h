// Single steps on a state, which the events are made of. Each: false when it cannot happen.
#pragma once

#include "tests/explorer/state.h"
#include "tests/explorer/verdict.h"
#include "tests/explorer/world.h"

namespace syncline::explorer {

// The executor takes the assignment, and reads where the run stands; or refuses it.
bool Deliver(const World& world, State& state, int e);
// Accept or heartbeat, where it changes something.
bool RenewOf(const World& world, State& state, Executor& executor);
// What became of a page in doubt.
bool ReadBack(const World& world, State& state, Executor& executor);
// The executor's next page; not `answered`: its fate stays unknown to it.
bool PageOf(const World& world, State& state, Executor& executor, bool answered, Verdict& verdict);

// What the executor reports when its run succeeded, parks or is returned.
LastReport ToReport(const Executor& executor, Byte report);
// It is carried out with the snapshot `seen`. `ended`: it closed the run.
bool CarryOut(const World& world, const Tables& seen, State& state, const LastReport& report,
              bool& ended, Verdict& verdict);
bool ReportOf(const World& world, State& state, Executor& executor, Byte report, bool answered,
              Verdict& verdict);
bool Resend(const World& world, State& state, Executor& executor, Verdict& verdict);

// A scheduler with nothing decided and not yet carried out; null when there is none.
Decided* FreePlace(State& state);
// A scheduler reads what the decision about a failure needs, and decides; false: no such fence.
bool DecideOn(const World& world, State& state, const Claim& claim, Byte error_class,
              Decided& place);
bool Fail(const World& world, State& state, Executor& executor, Byte error_class);
bool ResendFailure(const World& world, State& state, Executor& executor, Verdict& verdict);
// Scheduler `s` carries out what it decided, with the snapshot `seen`.
bool ApplyDecided(const World& world, const Tables& seen, State& state, std::size_t s,
                  bool answered, Verdict& verdict);

// The late statement gets its locks.
bool RunLate(const World& world, State& state, Verdict& verdict);

}  // namespace syncline::explorer
