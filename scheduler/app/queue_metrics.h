// The queue's figures as gauges. Refreshed by a tick of ours and not by the scrape, so that a
// database that hangs does not hang the scrape.
#pragma once

#include <map>
#include <string>

#include "common/http/metrics.h"
#include "scheduler/core/fleet_view.h"

namespace syncline::scheduler {

// Used by one thread.
class QueueMetrics {
 public:
  explicit QueueMetrics(Metrics* metrics);
  void Set(const QueueFigures& figures);

 private:
  struct PendingGauges {
    prometheus::Gauge* runs;
    prometheus::Gauge* oldest;
  };

  prometheus::Gauge& due_;
  prometheus::Gauge& due_lag_;
  prometheus::Gauge& running_;
  prometheus::Gauge& dispatching_;
  prometheus::Gauge& executors_;
  prometheus::Gauge& slots_;
  prometheus::Gauge& busy_slots_;
  std::map<std::string, PendingGauges> pending_;  // by reason
};

}  // namespace syncline::scheduler
