#include "scheduler/app/dispatcher.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "common/base/failpoint.h"
#include "common/base/log.h"
#include "common/base/status_macros.h"
#include "common/rpc/proto_time.h"

namespace syncline::scheduler {
namespace {

// One claim's largest batch: larger ones gain little and hold their locks for longer.
constexpr std::size_t kLargestClaim = 500;
constexpr absl::Duration kUnprovedPoll = absl::Seconds(1);
constexpr absl::Duration kAfterAnError = absl::Milliseconds(500);

internal::v1::Assignment ToAssignment(const ClaimedRun& run, absl::Duration lease) {
  internal::v1::Assignment assignment;
  assignment.set_integration_id(run.integration_id);
  assignment.set_log_id(run.log_id);
  assignment.set_run_id(run.run_id);
  assignment.set_tenant_id(run.tenant_id);
  assignment.set_attempt(run.attempt);
  assignment.set_fence(run.fence);
  assignment.set_epoch(run.epoch);
  assignment.set_type(run.type);
  assignment.set_config_json(run.config_json);
  for (const auto& [name, sealed] : run.sealed_credentials)
    (*assignment.mutable_sealed_credentials())[name] = sealed;
  *assignment.mutable_lease() = rpc::ToProto(lease);
  *assignment.mutable_remaining() = rpc::ToProto(run.remaining);
  assignment.set_alone(run.alone);
  *assignment.mutable_dispatch_limit() = rpc::ToProto(DispatchLimit(lease));
  return assignment;
}

}  // namespace

absl::Duration DispatchLimit(absl::Duration lease) { return std::max(absl::Seconds(5), lease / 3); }

Dispatcher::Dispatcher(DispatcherOptions options, RunStore* store, ExecutorRegistry* registry,
                       Metrics* metrics)
    : options_(std::move(options)),
      store_(*store),
      registry_(*registry),
      claimed_(
          metrics->Counter("syncline_scheduler_claimed_runs_total", "Runs claimed for executors.")),
      claim_seconds_(metrics->Seconds("syncline_scheduler_claim_seconds",
                                      "Duration of one claim statement.")) {}

Dispatcher::~Dispatcher() { Stop(); }

void Dispatcher::Start() {
  thread_ = std::thread([this] { Run(); });
}

void Dispatcher::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Dispatcher::Wake() {
  {
    std::lock_guard lock(mutex_);
    woken_ = true;
  }
  wake_.notify_all();
}

void Dispatcher::WakeForWork() {
  {
    std::lock_guard lock(mutex_);
    woken_ = true;
    work_arrived_ = true;
  }
  wake_.notify_all();
}

void Dispatcher::WakeForSuspects() {
  {
    std::lock_guard lock(mutex_);
    woken_ = true;
    suspects_wait_ = true;
  }
  wake_.notify_all();
}

void Dispatcher::Run() {
  absl::Duration wait = absl::ZeroDuration();
  while (true) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, absl::ToChronoNanoseconds(wait), [this] { return woken_ || stopping_; });
      if (stopping_) return;
      woken_ = false;
    }
    wait = Dispatch();
  }
}

absl::Status Dispatcher::ClaimSuspect() {
  {
    std::lock_guard lock(mutex_);
    if (!suspects_wait_) return absl::OkStatus();
  }
  const std::optional<ReservedExecutor> executor = registry_.Reserve();
  if (!executor) return absl::OkStatus();  // still busy; asked again when a slot is freed
  ASSIGN_OR_RETURN(const std::vector<ClaimedRun> runs,
                   store_.ClaimAlone({executor->load.process_id, executor->load.name},
                                     executor->types, DispatchLimit(options_.lease)));
  Send(runs);
  if (runs.empty()) {
    std::lock_guard lock(mutex_);
    suspects_wait_ = false;  // the reaper looks every second
  }
  if (runs.empty()) registry_.Unreserve();
  return absl::OkStatus();
}

absl::Duration Dispatcher::Dispatch() {
  bool some_slot_free = false;
  if (const absl::Status status = ClaimSuspect(); !status.ok()) {
    LogWarning("a claim failed and is tried again", {{"error", status}});
    return kAfterAnError;
  }
  for (const ExecutorGroup& group : registry_.Groups()) {
    absl::StatusOr<bool> more = true;
    while (more.ok() && *more) more = ClaimFor(group);
    if (!more.ok()) {
      // That the database is away, the pool says once.
      if (!absl::IsUnavailable(more.status()))
        LogWarning("a claim failed and is tried again", {{"error", more.status()}});
      return kAfterAnError;
    }
    some_slot_free = true;
  }
  {
    std::lock_guard lock(mutex_);
    if (std::exchange(work_arrived_, false)) {
      // Asked again, since the claims above may have taken the last slot.
      const auto groups = registry_.Groups();
      const bool free = std::any_of(groups.begin(), groups.end(), [](const ExecutorGroup& group) {
        return !PlanSlots(group.executors, 1).empty();
      });
      if (!free) options_.hint_others();
    }
  }
  absl::Duration wait = options_.hints_proved() ? options_.poll_interval
                                                : std::min(options_.poll_interval, kUnprovedPoll);
  if (!some_slot_free) return wait;
  const auto next = store_.NextWake();
  if (!next.ok()) return kAfterAnError;
  if (*next) wait = std::min(wait, std::max(**next, absl::Milliseconds(1)));
  return wait;
}

absl::StatusOr<bool> Dispatcher::ClaimFor(const ExecutorGroup& group) {
  // The registry is asked each time: what was assigned a moment ago counts already.
  std::vector<ExecutorLoad> executors;
  for (ExecutorGroup& now : registry_.Groups()) {
    if (now.types == group.types) executors = std::move(now.executors);
  }
  std::vector<Slot> slots;
  for (const std::size_t index : PlanSlots(executors, kLargestClaim)) {
    slots.push_back({executors[index].process_id, executors[index].name});
  }
  if (slots.empty()) return false;
  const auto start = std::chrono::steady_clock::now();
  FAILPOINT("before_claim_commit");
  ASSIGN_OR_RETURN(const std::vector<ClaimedRun> runs,
                   store_.Claim(slots, group.types, DispatchLimit(options_.lease)));
  if (!runs.empty()) FAILPOINT("after_claim_commit");
  claim_seconds_.Observe(
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  claimed_.Increment(static_cast<double>(runs.size()));
  Send(runs);
  return runs.size() == slots.size();
}

void Dispatcher::Send(const std::vector<ClaimedRun>& runs) {
  std::vector<ReleaseEvent> unsent;
  for (const ClaimedRun& run : runs) {
    LogDebug("claimed", {{"integration", run.integration_id},
                         {"run", run.run_id},
                         {"log", run.log_id},
                         {"attempt", run.attempt},
                         {"epoch", run.epoch},
                         {"trigger", run.trigger},
                         {"executor_process", run.process_id}});
    FAILPOINT("before_assignment_send");
    if (!registry_.Assign(run.process_id, ToAssignment(run, options_.lease))) {
      unsent.push_back({{run.integration_id, run.log_id, run.fence},
                        ReleaseKind::kRefuse,
                        {},
                        "its executor went away"});
    }
    FAILPOINT("after_assignment_send");
  }
  if (unsent.empty()) return;
  // When this fails, the dispatch limit gives them back.
  const auto released = store_.Release(unsent);
  if (!released.ok()) LogWarning("could not give back unsent runs", {{"error", released.status()}});
}

}  // namespace syncline::scheduler
