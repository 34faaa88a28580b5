// Which executors the next claims are for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace syncline::scheduler {

struct ExecutorLoad {
  std::string process_id;
  std::string name;
  int slots = 0;
  int held = 0;
  std::int64_t last_served = 0;  // grows with each assignment of the scheduler; 0: none yet
};

// One entry a free slot, at most `limit`, the least loaded executor (by held / slots) first after
// each entry, so that work spreads evenly however much there is. Indexes into `executors`. Ties go
// to the one that was served longest ago, else all of a light load would go to one executor; then
// to the earlier one.
std::vector<std::size_t> PlanSlots(const std::vector<ExecutorLoad>& executors, std::size_t limit);

// Such a plan and the executors that it speaks of.
struct SlotPlan {
  std::vector<ExecutorLoad> executors;
  std::vector<std::size_t> slots;
};

}  // namespace syncline::scheduler
