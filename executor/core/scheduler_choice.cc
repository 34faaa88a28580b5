#include "executor/core/scheduler_choice.h"

namespace syncline::executor {

std::optional<std::size_t> BetterScheduler(
    const SchedulerLoad& mine, const std::vector<std::optional<SchedulerLoad>>& others) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < others.size(); ++i) {
    if (!others[i] || others[i]->scheduler_id == mine.scheduler_id) continue;
    if (others[i]->executors + 1 >= mine.executors) continue;
    if (!best || others[i]->executors < others[*best]->executors) best = i;
  }
  return best;
}

}  // namespace syncline::executor
