// The scheduler's settings, from flags and environment.
#pragma once

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "common/tls/settings.h"
#include "scheduler/core/retry_policy.h"

namespace syncline::scheduler {

struct SchedulerOptions {
  std::string database_url;
  std::string database_role;
  std::string listen = "127.0.0.1:50051";
  std::string http_listen = "127.0.0.1:9051";
  std::string encryption_keys;
  std::string api_tokens, executor_tokens;  // files; empty: whoever reaches the port may call
  absl::Duration poll_interval = absl::Seconds(30);
  absl::Duration lease = absl::Seconds(30);
  RetryScale retry;
  absl::Duration connection_age = absl::Minutes(5);
  absl::Duration history_retention = absl::Hours(24 * 90);
  tls::ServerSettings tls;
  bool migrate_only = false;
  bool health_check = false;   // ask the running scheduler instead of being one
  std::string new_token;       // the name of a token to make, instead of anything else
  std::string operator_files;  // a folder to check, instead of anything else
};

// Parses and checks; on --help or a mistake prints and returns the exit status to end with.
std::optional<int> ParseOptions(int argc, const char* const* argv, SchedulerOptions* options);

}  // namespace syncline::scheduler
