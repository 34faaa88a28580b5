// An integration and its sync settings as users see and change them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "scheduler/core/next_sync.h"
#include "scheduler/core/sync_log.h"

namespace syncline::scheduler {

inline constexpr int kDefaultMaxRetries = 3;
inline constexpr int kMostRetries = 20;
inline constexpr absl::Duration kDefaultTimeout = absl::Hours(1);
inline constexpr absl::Duration kShortestTimeout = absl::Seconds(1);
inline constexpr absl::Duration kLongestTimeout = absl::Hours(24 * 7);

struct SyncSettings {
  std::optional<absl::Duration> interval = kDefaultInterval;  // whole seconds; nullopt: manual only
  bool enabled = true;
  int max_retries = kDefaultMaxRetries;
  absl::Duration timeout = kDefaultTimeout;  // whole seconds
};

// The last run that ended, as kept with the integration.
struct LastSync {
  std::string log_id, run_id;
  std::string status;  // SUCCESS or FAILED
  std::optional<absl::Time> started_at;
  absl::Time ended_at;
  absl::Duration duration;
  SyncCounts counts;
  std::string error_class, error_message;  // empty for SUCCESS
};

struct Integration {
  std::string id, external_id, tenant_id, name;
  std::string type;                           // REST, GRAPHQL, MANUAL
  std::string config_json;                    // without secrets
  std::vector<std::string> credential_names;  // sorted
  SyncSettings settings;
  std::optional<absl::Time> next_sync_at;
  std::string status;  // NEVER_SYNCED, HEALTHY, FAILING, DISABLED, BLOCKED
  std::string disabled_reason, blocked_reason;
  int retry_count = 0;
  std::optional<LastSync> last_sync;
  std::optional<absl::Time> last_success_at;
  std::optional<SyncLog> active_sync;
  std::int64_t version = 0;
  absl::Time created_at, updated_at;
};

}  // namespace syncline::scheduler
