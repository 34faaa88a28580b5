// The runs that an executor holds, and whether it takes another. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

namespace syncline::executor {

enum class Admission {
  kTake,
  kIgnore,  // the run under this fence is already here: the assignment came twice
  kRefuse,
};

struct AdmissionDecision {
  Admission admission = Admission::kTake;
  std::string reason;  // kRefuse: for the report
};

// Not thread-safe.
class SlotTable {
 public:
  explicit SlotTable(int slots) : slots_(slots) {}

  // Decides about an assignment; changes nothing.
  AdmissionDecision Decide(const std::string& integration_id, const std::string& fence,
                           bool alone) const;

  // Notes a run that was taken; frees the slot of one.
  void Take(const std::string& integration_id, const std::string& fence, bool alone);
  void Free(const std::string& integration_id, const std::string& fence);
  // The run has ended here, and nobody has answered yet. A newer claim of its integration, which
  // may overtake the answer, takes its slot over.
  void End(const std::string& integration_id, const std::string& fence);

  // From now on everything new is refused.
  void StartDraining() { draining_ = true; }

  bool draining() const { return draining_; }
  int slots() const { return slots_; }
  std::size_t busy() const { return held_.size(); }

 private:
  struct Held {
    std::string fence;
    bool alone = false;
    bool ended = false;
  };
  const int slots_;
  bool draining_ = false;
  std::unordered_map<std::string, Held> held_;  // by integration
  int alone_ = 0;
};

}  // namespace syncline::executor
