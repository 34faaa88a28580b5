// Executors and queue figures in PostgreSQL.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "common/postgres/pool.h"
#include "scheduler/core/fleet_view.h"

namespace syncline::scheduler {

// Any thread. `pool` outlives it.
class FleetStore final : public FleetView {
 public:
  explicit FleetStore(postgres::Pool* pool) : pool_(*pool) {}

  absl::StatusOr<std::vector<ExecutorState>> Executors(absl::Duration lease) override;
  absl::StatusOr<QueueFigures> Queue(absl::Duration lease) override;

 private:
  postgres::Pool& pool_;
};

}  // namespace syncline::scheduler
