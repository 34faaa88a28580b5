// Puts the scheduler together: pool, stores, services, loops; and takes it apart again in order.
#pragma once

#include <stop_token>

#include "scheduler/app/options.h"

namespace syncline::scheduler {

// Migrates and ends; the exit status.
int Migrate(const SchedulerOptions& options);

// Runs until `stop`, then drains: no new claims, executors are sent elsewhere, calls under way end.
// The exit status. Waits for a database that is away at the start.
int RunScheduler(const SchedulerOptions& options, const std::stop_token& stop);

}  // namespace syncline::scheduler
