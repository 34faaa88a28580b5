// Closing runs as CANCELLED, for whatever changes an integration that it has locked.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/postgres/connection.h"
#include "scheduler/core/dropped_claim.h"

namespace syncline::scheduler {

enum class Closing { kDelete, kDisable, kRun };

// Second statement of a transaction whose first one locked the integration. A row for what it
// closed. `run_id` is for kRun.
absl::StatusOr<postgres::Result> CloseRuns(postgres::Connection& connection,
                                           const std::string& integration_id, const char* message,
                                           Closing closing, const std::string& run_id = "");

// Adds the rows that an executor held.
void AddDropped(const postgres::Result& rows, std::vector<DroppedClaim>& dropped);

}  // namespace syncline::scheduler
