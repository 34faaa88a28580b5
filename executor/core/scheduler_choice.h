// Whether an executor should go to another scheduler, so that all have about as many executors:
// each scheduler hands work only to those that are connected to it, and a new one would have none.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace syncline::executor {

// What a scheduler said about itself.
struct SchedulerLoad {
  std::string scheduler_id;
  int executors = 0;  // connected to it
};

// The index of the scheduler to move to; nullopt to stay. `mine` counts this executor too, so a
// scheduler that has one fewer is as good as this one. Of `others`, those that did not answer are
// nullopt, and one may be this scheduler at another address of its name.
std::optional<std::size_t> BetterScheduler(const SchedulerLoad& mine,
                                           const std::vector<std::optional<SchedulerLoad>>& others);

}  // namespace syncline::executor
