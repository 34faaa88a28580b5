// Makes the engine that the settings describe, and the program around it.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "common/http/metrics.h"
#include "executor/app/options.h"
#include "executor/app/run_engine.h"

namespace syncline::executor {

// Not started yet. `metrics` outlives it. Any error is a bad setting, in one line that names it.
absl::StatusOr<std::unique_ptr<RunEngine>> MakeEngine(const Options& options, Metrics* metrics,
                                                      Preparation prepare = PrepareRun);

// The whole program: runs until a signal ends it, and returns its exit status.
int RunExecutor(int argc, char** argv, Preparation prepare = PrepareRun);

}  // namespace syncline::executor
