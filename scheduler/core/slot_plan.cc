#include "scheduler/core/slot_plan.h"

#include <queue>

namespace syncline::scheduler {
namespace {

struct Candidate {
  std::size_t index;
  int slots;
  int held;
  std::int64_t last_served;
};

// std::priority_queue puts the greatest first: greater is the one to be served sooner.
struct ServedLater {
  bool operator()(const Candidate& a, const Candidate& b) const {
    const long long left = static_cast<long long>(a.held) * b.slots;
    const long long right = static_cast<long long>(b.held) * a.slots;
    if (left != right) return left > right;
    return a.last_served != b.last_served ? a.last_served > b.last_served : a.index > b.index;
  }
};

}  // namespace

std::vector<std::size_t> PlanSlots(const std::vector<ExecutorLoad>& executors, std::size_t limit) {
  std::priority_queue<Candidate, std::vector<Candidate>, ServedLater> queue;
  for (std::size_t i = 0; i < executors.size(); ++i) {
    if (executors[i].held < executors[i].slots)
      queue.push({i, executors[i].slots, executors[i].held, executors[i].last_served});
  }
  std::vector<std::size_t> plan;
  while (!queue.empty() && plan.size() < limit) {
    Candidate next = queue.top();
    queue.pop();
    plan.push_back(next.index);
    if (++next.held < next.slots) queue.push(next);
  }
  return plan;
}

}  // namespace syncline::scheduler
