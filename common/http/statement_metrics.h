// How long each statement takes, by the name of its file.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "common/http/metrics.h"

namespace syncline {

// Any thread. Names are those of our files: a bounded set.
class StatementMetrics {
 public:
  // `metrics` outlives it.
  explicit StatementMetrics(Metrics* metrics) : metrics_(*metrics) {}

  void Observe(std::string_view name, absl::Duration took);

 private:
  Metrics& metrics_;
  std::mutex mutex_;
  std::map<std::string, prometheus::Histogram*, std::less<>> by_name_;
};

}  // namespace syncline
