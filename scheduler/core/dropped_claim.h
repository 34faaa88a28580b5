// A claim that a user's change took from its executor: a cancel, a delete, a disable, a new config.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace syncline::scheduler {

struct DroppedClaim {
  std::string log_id, fence;
};

// Told after the change is committed, so that the executor hears of it sooner than by its next
// report. Nothing depends on it: the fence is gone already. Must not block; any thread.
using DropListener = std::function<void(const std::vector<DroppedClaim>&)>;

}  // namespace syncline::scheduler
