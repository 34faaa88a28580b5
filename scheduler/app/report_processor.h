// Persists reports in batches: whatever has come in while the last batch was written is the next
// one, so that the batch grows with the load and an idle system answers at once. Reports are
// answered after their commit.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "common/http/metrics.h"
#include "scheduler/app/finisher.h"
#include "scheduler/app/report_batch.h"
#include "scheduler/rpc/executor_registry.h"
#include "scheduler/rpc/executor_service.h"
#include "scheduler/storage/executor_store.h"
#include "scheduler/storage/run_store.h"

namespace syncline::scheduler {

// Owns its threads from construction to Stop.
class ReportProcessor final : public ReportSink {
 public:
  struct Parts {  // all outlive the processor
    RunStore* runs;
    ExecutorStore* executors;
    Finisher* finisher;
    ExecutorRegistry* registry;
    Metrics* metrics;
  };
  // `on_change` is called after each batch that ended or released runs.
  ReportProcessor(Parts parts, absl::Duration lease, std::function<void()> on_change);
  ~ReportProcessor() override;

  void Submit(internal::v1::ReportRequest request, Done done) override;
  // Answers what is queued, refuses what comes later. Idempotent.
  void Stop();

 private:
  struct Waiting {
    internal::v1::ReportRequest request;
    Done done;
    std::chrono::steady_clock::time_point since;
  };

  void Run();
  void Process(const std::vector<Waiting>& batch);
  absl::StatusOr<ReportOutcomes> Persist(const std::vector<Waiting>& batch);
  void UpdateRegistry(const internal::v1::ReportRequest& request);

  const Parts parts_;
  const absl::Duration lease_;
  const std::function<void()> on_change_;
  prometheus::Histogram& batch_seconds_;
  prometheus::Counter& stale_;
  prometheus::Counter& refused_writes_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable patience_ends_;
  std::deque<Waiting> queue_;
  int under_way_ = 0;  // batches
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace syncline::scheduler
