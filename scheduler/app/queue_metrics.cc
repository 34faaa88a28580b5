#include "scheduler/app/queue_metrics.h"

namespace syncline::scheduler {
namespace {

// The names of WaitReason that the live table holds.
constexpr const char* kReasons[] = {
    "SLOT",          "BACKOFF", "RATE_LIMIT",        "DRAINED",
    "EXECUTOR_LOST", "REFUSED", "AFTER_CURRENT_RUN", "CONFIG_CHANGED"};

}  // namespace

QueueMetrics::QueueMetrics(Metrics* metrics)
    : due_(metrics->Gauge("syncline_scheduler_due_integrations",
                          "Integrations whose time has come and that have no run yet.")),
      due_lag_(metrics->Gauge("syncline_scheduler_due_lag_seconds",
                              "How long the integration that waits longest has been due.")),
      running_(metrics->Gauge("syncline_scheduler_running_runs", "RUNNING runs.")),
      dispatching_(metrics->Gauge("syncline_scheduler_dispatching_runs",
                                  "Runs on their way to an executor.")),
      executors_(metrics->Gauge("syncline_scheduler_executors",
                                "Executors heard of within the last lease, by any scheduler.")),
      slots_(metrics->Gauge("syncline_scheduler_slots", "The slots of these executors.")),
      busy_slots_(
          metrics->Gauge("syncline_scheduler_busy_slots", "Those of them that are taken.")) {
  for (const char* reason : kReasons) {
    pending_[reason] = {
        &metrics->Gauge("syncline_scheduler_pending_runs", "PENDING runs, by why they wait.",
                        {{"reason", reason}}),
        &metrics->Gauge("syncline_scheduler_oldest_pending_seconds",
                        "How long the oldest PENDING run has been there, by why it waits.",
                        {{"reason", reason}})};
  }
}

void QueueMetrics::Set(const QueueFigures& figures) {
  due_.Set(static_cast<double>(figures.due));
  due_lag_.Set(absl::ToDoubleSeconds(figures.due_lag));
  running_.Set(static_cast<double>(figures.running));
  dispatching_.Set(static_cast<double>(figures.dispatching));
  executors_.Set(figures.executors);
  slots_.Set(figures.slots);
  busy_slots_.Set(figures.busy_slots);
  for (const auto& [reason, gauges] : pending_) {
    gauges.runs->Set(0);
    gauges.oldest->Set(0);
  }
  for (const PendingGroup& group : figures.pending) {
    const auto gauges = pending_.find(group.wait_reason);
    if (gauges == pending_.end()) continue;
    gauges->second.runs->Set(static_cast<double>(group.count));
    gauges->second.oldest->Set(absl::ToDoubleSeconds(group.oldest));
  }
}

}  // namespace syncline::scheduler
