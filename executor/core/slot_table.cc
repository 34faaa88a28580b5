#include "executor/core/slot_table.h"

namespace syncline::executor {

AdmissionDecision SlotTable::Decide(const std::string& integration_id, const std::string& fence,
                                    bool alone) const {
  const auto same = held_.find(integration_id);
  if (same != held_.end() && same->second.fence == fence) return {Admission::kIgnore, ""};
  if (draining_) return {Admission::kRefuse, "draining"};
  if (same != held_.end()) {
    return {Admission::kRefuse, "the integration still runs here under an older claim"};
  }
  if (held_.size() >= static_cast<std::size_t>(slots_)) return {Admission::kRefuse, "no free slot"};
  if (alone_ > 0) return {Admission::kRefuse, "a run has this executor to itself"};
  if (alone && !held_.empty())
    return {Admission::kRefuse, "not free enough for a run that goes alone"};
  return {Admission::kTake, ""};
}

void SlotTable::Take(const std::string& integration_id, const std::string& fence, bool alone) {
  held_[integration_id] = {fence, alone};
  if (alone) ++alone_;
}

void SlotTable::Free(const std::string& integration_id, const std::string& fence) {
  const auto found = held_.find(integration_id);
  if (found == held_.end() || found->second.fence != fence) return;
  if (found->second.alone) --alone_;
  held_.erase(found);
}

}  // namespace syncline::executor
