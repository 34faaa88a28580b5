// One claim of one attempt: all that an executor is told to run it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "executor/core/run_state.h"

namespace syncline::executor {

// Names a claim. The fence is the whole authority to write; it is never logged.
struct RunKey {
  std::string integration_id = {};
  std::string log_id = {};
  std::string fence = {};
};

struct Assignment {
  std::int64_t sequence = 0;  // on its stream, from 1
  RunKey key = {};
  std::string run_id = {};
  std::string tenant_id = {};
  std::int32_t attempt = 1;
  std::int64_t epoch = 0;
  std::string type = {};
  std::string config_json = {};
  std::map<std::string, std::string> sealed_credentials = {};
  absl::Duration lease = absl::Seconds(30);
  absl::Duration remaining = absl::Hours(1);          // how long it may be RUNNING
  absl::Duration dispatch_limit = absl::Seconds(10);  // within which it must be accepted
  bool alone = false;
  std::optional<RunState> state = {};  // as of the claim; nullopt: to be read
  bool takes_nothing_left = false;     // what a RunReport says of it; its scheduler
};

}  // namespace syncline::executor
