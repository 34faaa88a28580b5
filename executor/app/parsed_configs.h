// The configs of runs, parsed. Thousands of integrations have the same config and differ in their
// credentials, and each of them runs again and again: what one run has parsed, the next ones find.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "common/connectors/config.h"
#include "executor/core/rate_limiter.h"
#include "executor/core/run_plan.h"

namespace syncline::executor {

struct ParsedConfig {
  connectors::RestConfig config;
  std::vector<PlannedStream> streams;  // config.streams, in the same order
  RateLimit rate_limit;
};

// Thread-safe.
class ParsedConfigs {
 public:
  // `most` of them are kept, and none that is longer than `longest` bytes.
  explicit ParsedConfigs(std::size_t most = 1024, std::size_t longest = 16'384)
      : most_(most), longest_(longest) {}

  // Parsed now, or before from the very same text; fails as ParseRestConfig does.
  absl::StatusOr<std::shared_ptr<const ParsedConfig>> Get(const std::string& json);

 private:
  const std::size_t most_;
  const std::size_t longest_;
  std::mutex mutex_;
  absl::flat_hash_map<std::string, std::shared_ptr<const ParsedConfig>> kept_;  // by text
};

}  // namespace syncline::executor
