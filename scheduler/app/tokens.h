// The bearer tokens of the scheduler's port: who may call, and the making of new ones.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "common/rpc/call_guard.h"
#include "scheduler/app/options.h"

namespace syncline::scheduler {

// The guard that the options ask for. An error says in one line which setting's file is bad, and
// every bad line of it. `clock` outlives the guard.
absl::StatusOr<std::shared_ptr<rpc::CallGuard>> MakeGuard(const SchedulerOptions& options,
                                                          const MonotonicClock* clock);

// Prints a new token and its line to standard output; the exit status. Stores nothing.
int PrintNewToken(const std::string& name);

}  // namespace syncline::scheduler
