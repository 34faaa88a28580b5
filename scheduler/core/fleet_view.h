// What operators ask: which executors there are, and what waits for them. scheduler/storage carries
// it out.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace syncline::scheduler {

struct ExecutorState {
  std::string process_id, name, version;
  int slots = 0;
  int busy = 0;
  bool alive = false;  // heard of within the last lease
  bool draining = false;
  absl::Time started_at, last_heard;
  std::vector<std::string> connector_types;
};

struct PendingGroup {
  std::string wait_reason;
  std::int64_t count = 0;
  absl::Duration oldest;
};

struct QueueFigures {
  absl::Time now;  // the database's clock
  std::int64_t due = 0;
  absl::Duration due_lag;
  std::vector<PendingGroup> pending;  // by reason
  std::int64_t running = 0, dispatching = 0;
  int executors = 0, slots = 0, busy_slots = 0;  // of those alive
};

// Any thread. UNAVAILABLE (DATABASE_UNAVAILABLE) without a database.
class FleetView {
 public:
  virtual ~FleetView() = default;
  // Those heard of within the last hour, newest first. `lease` says who counts as alive.
  virtual absl::StatusOr<std::vector<ExecutorState>> Executors(absl::Duration lease) = 0;
  virtual absl::StatusOr<QueueFigures> Queue(absl::Duration lease) = 0;
};

}  // namespace syncline::scheduler
