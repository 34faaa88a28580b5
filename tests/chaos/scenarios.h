// What ./dev chaos does to a fleet under load. Each prints what happens and its figures, and
// returns what was wrong at the end; empty when nothing was.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace syncline::chaos {

struct Options {
  std::uint32_t seed = 0;
  int seconds = 60;
  int integrations = 5000;
  int schedulers = 2;
  int executors = 4;
  int slots = 64;  // of each executor
  absl::Duration lease = absl::Seconds(5);
  absl::Duration delay = absl::Milliseconds(750);  // of each answer of the upstream
};

// Every 3 s a random process is killed with SIGKILL and started again 1 s later.
std::vector<std::string> KillProcesses(const Options& options);

// PostgreSQL is stopped for all the seconds, under load.
std::vector<std::string> StopDatabase(const Options& options);

// Nothing is done to it: how much memory the programs take, against the limits that are promised.
std::vector<std::string> MeasureMemory(const Options& options);

}  // namespace syncline::chaos
