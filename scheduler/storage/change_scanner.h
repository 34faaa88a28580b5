// Looks at the database for WatchSyncs; scheduler/core/change_tracker.h says what for.
#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/postgres/pool.h"
#include "scheduler/core/change_tracker.h"

namespace syncline::scheduler {

// Any thread. `pool` outlives it.
class ChangeScanner final : public ChangeSource {
 public:
  explicit ChangeScanner(postgres::Pool* pool) : pool_(*pool) {}
  absl::StatusOr<ChangeScan> Scan(const ChangeCursor* before) override;

 private:
  postgres::Pool& pool_;
};

}  // namespace syncline::scheduler
