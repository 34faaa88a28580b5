// The gateway's metrics. Labels are routes' patterns, never what callers wrote.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <tuple>

#include "absl/time/time.h"
#include "common/http/metrics.h"
#include "gateway/events/event_hub.h"

namespace syncline::gateway {

// Any thread.
class GatewayMetrics {
 public:
  // `metrics` and `hub` outlive it, and it outlives the scrapes.
  GatewayMetrics(Metrics* metrics, const EventHub* hub);

  void CountAnswer(const std::string& route, const std::string& method, int status,
                   absl::Duration took);

 private:
  Metrics& metrics_;
  std::mutex mutex_;
  std::map<std::tuple<std::string, std::string, int>, prometheus::Counter*> answers_;
  std::map<std::string, prometheus::Histogram*> seconds_;
};

}  // namespace syncline::gateway
