// The decisions of the product's own pure code, as tables over the few values that the model has:
// the real functions are called once for each row, so that a step of the explorer costs a look-up.
#pragma once

#include "executor/core/run_plan.h"
#include "executor/core/run_state.h"
#include "scheduler/core/error_class.h"
#include "tests/explorer/state.h"

namespace syncline::explorer {

inline constexpr int kMaxRetries = 1;  // of the model's integration

// scheduler/core/retry_policy.h for a failed attempt, from what read_failed_runs.sql reads.
Decided DecideFailure(scheduler::ErrorClass error_class, const Live& live,
                      const Integration& integration);

// executor/core/run_plan.h for what the executor believes.
executor::RunStep::Kind NextStepOf(const Executor& executor, bool snapshot_stream);

// executor/core/run_state.h: `found`: the fence still stands, at `live_page_seq`.
executor::Doubt ResolvePage(bool found, Byte live_page_seq, Byte sent_page_seq);

}  // namespace syncline::explorer
