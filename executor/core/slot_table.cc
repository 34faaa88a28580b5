#include "executor/core/slot_table.h"

namespace syncline::executor {

AdmissionDecision SlotTable::Decide(const std::string& integration_id, const std::string& fence,
                                    bool alone) const {
  const auto same = held_.find(integration_id);
  if (same != held_.end() && same->second.fence == fence) return {Admission::kIgnore, ""};
  if (draining_) return {Admission::kRefuse, "draining"};
  const bool takes_over = same != held_.end() && same->second.ended;
  if (same != held_.end() && !takes_over) {
    return {Admission::kRefuse, "the integration still runs here under an older claim"};
  }
  const std::size_t others = held_.size() - (takes_over ? 1 : 0);
  if (others >= static_cast<std::size_t>(slots_)) return {Admission::kRefuse, "no free slot"};
  if (alone_ > (takes_over && same->second.alone ? 1 : 0))
    return {Admission::kRefuse, "a run has this executor to itself"};
  if (alone && others > 0) return {Admission::kRefuse, "not free enough for a run that goes alone"};
  return {Admission::kTake, ""};
}

void SlotTable::Take(const std::string& integration_id, const std::string& fence, bool alone) {
  Held& held = held_[integration_id];
  if (held.alone) --alone_;
  held = {fence, alone, false};
  if (alone) ++alone_;
}

void SlotTable::Free(const std::string& integration_id, const std::string& fence) {
  const auto found = held_.find(integration_id);
  if (found == held_.end() || found->second.fence != fence) return;
  if (found->second.alone) --alone_;
  held_.erase(found);
}

void SlotTable::End(const std::string& integration_id, const std::string& fence) {
  const auto found = held_.find(integration_id);
  if (found != held_.end() && found->second.fence == fence) found->second.ended = true;
}

}  // namespace syncline::executor
