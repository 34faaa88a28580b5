#include "scheduler/app/report_processor.h"

#include <chrono>
#include <set>
#include <utility>

#include "common/base/errors.h"
#include "common/base/failpoint.h"
#include "common/base/log.h"
#include "common/base/status_macros.h"

namespace syncline::scheduler {
namespace {

using internal::v1::ReportRequest;
using internal::v1::ReportResponse;
using internal::v1::RunReport;

constexpr int kThreads = 2;
// One batch is written while the next one gathers: two at a time are smaller, and take the
// processors from whoever waits for a trigger. One that hangs holds up the others only so long.
constexpr auto kPatience = std::chrono::milliseconds(50);
constexpr std::size_t kMostRunsInABatch = 1000;
constexpr std::size_t kMostWaiting = 20'000;  // reports

}  // namespace

ReportProcessor::ReportProcessor(Parts parts, absl::Duration lease, std::function<void()> on_change)
    : parts_(parts),
      lease_(lease),
      on_change_(std::move(on_change)),
      batch_seconds_(parts.metrics->Seconds("syncline_scheduler_report_batch_seconds",
                                            "Duration of persisting one batch of reports.")),
      stale_(parts.metrics->Counter("syncline_scheduler_refused_reports_total",
                                    "Reports whose fence was gone.")),
      refused_writes_(parts.metrics->Counter(
          "syncline_scheduler_refused_stale_writes_total",
          "Pages of executors that were refused because their fence was gone.")) {
  for (int i = 0; i < kThreads; ++i) threads_.emplace_back([this] { Run(); });
}

ReportProcessor::~ReportProcessor() { Stop(); }

void ReportProcessor::Submit(ReportRequest request, Done done) {
  {
    std::lock_guard lock(mutex_);
    if (!stopping_ && queue_.size() < kMostWaiting) {
      queue_.push_back({std::move(request), std::move(done), std::chrono::steady_clock::now()});
      wake_.notify_one();
      return;
    }
  }
  done(ReasonError(absl::StatusCode::kUnavailable, "OVERLOADED",
                   "reports are not taken now; send it again"),
       {});
}

void ReportProcessor::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  patience_ends_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void ReportProcessor::Run() {
  while (true) {
    std::vector<Waiting> batch;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      while (under_way_ > 0 && !queue_.empty() && !stopping_ &&
             std::chrono::steady_clock::now() < queue_.front().since + kPatience) {
        patience_ends_.wait_until(lock, queue_.front().since + kPatience);
      }
      if (queue_.empty()) continue;
      BatchMembers members;
      for (std::size_t runs = 0; !queue_.empty() && runs < kMostRunsInABatch;) {
        if (!members.Admit(queue_.front().request)) break;
        runs += 1 + static_cast<std::size_t>(queue_.front().request.reports_size());
        batch.push_back(std::move(queue_.front()));
        queue_.pop_front();
      }
      ++under_way_;
    }
    Process(batch);
    std::lock_guard lock(mutex_);
    --under_way_;
  }
}

void ReportProcessor::Process(const std::vector<Waiting>& batch) {
  const auto start = std::chrono::steady_clock::now();
  const absl::StatusOr<ReportOutcomes> outcomes = Persist(batch);
  batch_seconds_.Observe(
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  for (const Waiting& waiting : batch) {
    if (!outcomes.ok()) {
      waiting.done(ReasonError(absl::StatusCode::kUnavailable, "DATABASE_UNAVAILABLE",
                               outcomes.status().ToString()),
                   {});
      continue;
    }
    UpdateRegistry(waiting.request);
    refused_writes_.Increment(static_cast<double>(waiting.request.refused_writes()));
    ReportResponse answer = Answer(waiting.request, *outcomes, lease_);
    for (const auto& directive : answer.directives()) {
      if (directive.kind() == internal::v1::Directive::LEASE_LOST) stale_.Increment();
    }
    waiting.done(absl::OkStatus(), std::move(answer));
  }
  // That the database is away, the pool says once.
  if (!outcomes.ok() && !absl::IsUnavailable(outcomes.status())) {
    LogWarning("a batch of reports was not persisted; the executors send it again",
               {{"error", outcomes.status()}});
  } else if (outcomes.ok() && (!outcomes->finished.empty() || !outcomes->released.empty())) {
    on_change_();
  }
}

absl::StatusOr<ReportOutcomes> ReportProcessor::Persist(const std::vector<Waiting>& waiting) {
  std::vector<const ReportRequest*> requests;
  std::vector<ExecutorSign> signs;
  for (const Waiting& one : waiting) {
    requests.push_back(&one.request);
    if (one.request.complete()) {
      signs.push_back(
          {one.request.process_id(), one.request.reports_size(), one.request.draining()});
    }
  }
  ReportBatch batch = SortReports(requests);
  ReportOutcomes outcomes;
  std::vector<RunRef> unfound;
  if (!batch.finishes.empty()) {
    FAILPOINT("before_finish_commit");
    ASSIGN_OR_RETURN(const auto finished, parts_.finisher->Finish(batch.finishes));
    FAILPOINT("after_finish_commit");
    for (std::size_t i = 0; i < finished.size(); ++i) {
      const RunRef& run = batch.finishes[i].run;
      outcomes.finished[run.fence] = finished[i];
      if (finished[i] == FinishOutcome::kNoSuchFence) unfound.push_back(run);
    }
  }
  if (!batch.releases.empty()) {
    ASSIGN_OR_RETURN(const auto released, parts_.runs->Release(batch.releases));
    const std::set<std::string> given_back(released.begin(), released.end());
    for (const ReleaseEvent& event : batch.releases) {
      const bool found = given_back.contains(event.run.integration_id);
      outcomes.released[event.run.fence] = found;
      if (!found) unfound.push_back(event.run);
    }
  }
  if (!batch.renewals.empty()) {
    FAILPOINT("before_renewal_commit");
    ASSIGN_OR_RETURN(const auto renewed, parts_.runs->Renew(batch.renewals, lease_));
    FAILPOINT("after_renewal_commit");
    const std::set<std::string> fences(renewed.begin(), renewed.end());
    for (const RunRef& run : batch.renewals) {
      const bool found = fences.contains(run.fence);
      outcomes.renewed[run.fence] = found;
      if (!found) unfound.push_back(run);
    }
  }
  if (!unfound.empty()) {
    ASSIGN_OR_RETURN(outcomes.fates, parts_.runs->LookUp(unfound));
  }
  if (!signs.empty()) RETURN_IF_ERROR(parts_.executors->Touch(signs));
  return outcomes;
}

void ReportProcessor::UpdateRegistry(const ReportRequest& request) {
  std::set<std::string> held;
  std::vector<std::string_view> left;
  for (const RunReport& report : request.reports()) {
    if (report.has_accepted() || report.has_heartbeat()) {
      held.insert(report.fence());
    } else {
      left.push_back(report.fence());
    }
  }
  parts_.registry->Release(request.process_id(), left);
  if (request.complete()) {
    parts_.registry->Reconcile(request.process_id(), held, request.sequence_seen(),
                               request.draining());
  }
}

}  // namespace syncline::scheduler
