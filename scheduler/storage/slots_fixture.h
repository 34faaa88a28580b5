// Free slots as a claim is given them, for tests.
#pragma once

#include <string>
#include <vector>

#include "scheduler/core/slot_plan.h"

namespace syncline::scheduler {

// Of one executor.
inline SlotPlan SlotsOf(const std::string& process, std::size_t count = 1) {
  return {{{.process_id = process, .name = "executor-1"}}, std::vector<std::size_t>(count, 0)};
}

}  // namespace syncline::scheduler
