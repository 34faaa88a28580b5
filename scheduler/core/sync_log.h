// A SyncLog as people and APIs see it, wherever it is stored: one attempt of one sync, active or
// ended.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace syncline::scheduler {

// What an attempt did, in records; `pages` in pages, `takeovers` in lost executors.
struct SyncCounts {
  std::int64_t fetched = 0, created = 0, updated = 0, unchanged = 0;
  std::int64_t deleted = 0, rejected = 0, pages = 0, takeovers = 0;
};

// States, triggers, classes and reasons are their names in the contract, which are those in the
// database too; empty text for none.
struct SyncLog {
  std::string id, run_id, integration_id, tenant_id;  // UUIDs, but for the tenant
  std::string status;                                 // PENDING, RUNNING, SUCCESS, FAILED
  std::string trigger;                                // SCHEDULE, MANUAL, RETRY
  int attempt = 1;
  absl::Time created_at;
  std::optional<absl::Time> started_at, ended_at;
  absl::Duration duration;  // time spent RUNNING
  SyncCounts counts;
  std::string error_class, error_message;
  int http_status = 0;
  std::string executor;
  std::int64_t epoch = 0;
  std::string wait_reason, wait_detail;
  std::optional<absl::Time> wait_until;
  std::vector<std::string> rejected_reasons;
};

}  // namespace syncline::scheduler
