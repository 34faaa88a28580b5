#include "scheduler/app/dispatcher.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include "common/base/failpoint.h"
#include "common/base/log.h"
#include "common/base/status_macros.h"
#include "common/rpc/proto_time.h"

namespace syncline::scheduler {
namespace {

// A claim asks for as many runs as the ones before it found, and some more: for many slots and few
// runs the slots alone would cost more than the runs. The largest holds its locks for tens of
// milliseconds.
constexpr std::size_t kSmallestClaim = 16;
constexpr std::size_t kLargestClaim = 1000;
constexpr std::size_t kExpressClaim = 4;
constexpr absl::Duration kUnprovedPoll = absl::Seconds(1);
// Between two rounds of the loop, so that under load a claim has many runs; who waits for a trigger
// has a lane of its own.
constexpr absl::Duration kPace = absl::Milliseconds(5);
constexpr absl::Duration kAfterAnError = absl::Milliseconds(500);

internal::v1::RunState ToProto(const ClaimedState& state) {
  internal::v1::RunState message;
  message.set_page_seq(state.page_seq);
  message.set_complete(state.complete);
  for (const ClaimedCheckpoint& checkpoint : state.checkpoints) {
    internal::v1::StreamCheckpoint& stream = (*message.mutable_checkpoints())[checkpoint.stream];
    stream.set_definition_hash(checkpoint.definition_hash);
    stream.set_cursor_json(checkpoint.cursor_json);
    stream.set_done(checkpoint.done);
    stream.set_unclosed(checkpoint.unclosed);
  }
  return message;
}

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
  *assignment.mutable_state() = ToProto(run.state);
  assignment.set_takes_nothing_left(true);
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
      claim_seconds_(
          metrics->Seconds("syncline_scheduler_claim_seconds", "Duration of one claim statement.")),
      claim_limit_(kSmallestClaim) {}

Dispatcher::~Dispatcher() { Stop(); }

void Dispatcher::Start() {
  thread_ = std::thread([this] { Run(); });
  express_thread_ = std::thread([this] { RunExpress(); });
  second_thread_ = std::thread([this] { RunSecond(); });
}

void Dispatcher::Stop() {
  for (std::condition_variable* lane : {&wake_, &wake_express_, &wake_second_})
    Raise({&stopping_}, *lane);
  if (thread_.joinable()) thread_.join();
  if (express_thread_.joinable()) express_thread_.join();
  if (second_thread_.joinable()) second_thread_.join();
}

void Dispatcher::Raise(std::initializer_list<bool*> flags, std::condition_variable& lane) {
  {
    std::lock_guard lock(mutex_);
    for (bool* flag : flags) *flag = true;
  }
  lane.notify_one();
}

void Dispatcher::Wake() { Raise({&woken_}, wake_); }
void Dispatcher::WakeForWork() { Raise({&woken_, &work_arrived_}, wake_); }
void Dispatcher::WakeForSuspects() { Raise({&woken_, &suspects_wait_}, wake_); }

void Dispatcher::Run() {
  absl::Duration wait = absl::ZeroDuration();
  while (true) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, absl::ToChronoNanoseconds(kPace), [this] { return stopping_; });
      wake_.wait_for(lock, absl::ToChronoNanoseconds(wait), [this] { return woken_ || stopping_; });
      if (stopping_) return;
      woken_ = false;
    }
    wait = Dispatch();
  }
}

// What it does not get done it leaves to the loop.
void Dispatcher::RunExpress() {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      wake_express_.wait(lock, [this] { return express_ || stopping_; });
      if (stopping_) return;
      express_ = false;
    }
    bool done = false;
    for (const ExecutorGroup& group : registry_.Groups()) {
      const absl::StatusOr<Claimed> claimed = ClaimFor(group.types, kExpressClaim);
      done |= claimed.ok() && claimed->runs > 0 && claimed->runs < claimed->slots;
    }
    if (!done) WakeForWork();
  }
}

// While one large claim waits for its commit or is sent, another one works. All else, and every
// error, is left to the loop.
void Dispatcher::RunSecond() {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      wake_second_.wait(lock, [this] { return second_ || stopping_; });
      if (stopping_) return;
      second_ = false;
    }
    for (const ExecutorGroup& group : registry_.Groups()) {
      bool more = true;
      while (more) {
        const absl::StatusOr<Claimed> claimed = ClaimFor(group.types, kLargestClaim);
        more = claimed.ok() && claimed->runs == kLargestClaim;
      }
    }
    Wake();  // the loop may have missed the slots that were taken here and not filled
  }
}

std::optional<TriggerSlot> Dispatcher::TakeSlot() {
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return std::nullopt;
  }
  for (const ExecutorGroup& group : registry_.Groups()) {
    const SlotPlan taken = registry_.TakeSlots(group.types, 1);
    if (taken.slots.empty()) continue;
    const ExecutorLoad& free = taken.executors[taken.slots[0]];
    return TriggerSlot{{free.process_id, free.name}, group.types, DispatchLimit(options_.lease)};
  }
  return std::nullopt;
}

void Dispatcher::Settle(const std::optional<TriggerSlot>& slot, const TriggerAnswer* answer) {
  if (answer != nullptr && answer->claimed) {
    claimed_.Increment();
    FAILPOINT("after_claim_commit");
    std::vector<ClaimedRun> runs = {*answer->claimed};
    if (answer->equipped || store_.Equip(runs).ok()) {
      Send(runs);
    } else {
      GiveBack({runs.data()}, "what it needs could not be read");
    }
  } else if (answer != nullptr) {
    Raise({&express_}, wake_express_);
  }
  if (slot) registry_.ReturnSlots({{{slot->slot.process_id, slot->slot.executor_name}}, {0}});
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
    while (true) {
      const absl::StatusOr<Claimed> claimed = ClaimFor(group.types, claim_limit_);
      if (!claimed.ok()) {
        // That the database is away, the pool says once.
        if (!absl::IsUnavailable(claimed.status()))
          LogWarning("a claim failed and is tried again", {{"error", claimed.status()}});
        return kAfterAnError;
      }
      if (claimed->slots == 0) break;
      claim_limit_ = std::clamp(claimed->runs * 4, kSmallestClaim, kLargestClaim);
      if (claimed->runs < claimed->slots) break;
      if (claimed->runs == kLargestClaim) Raise({&second_}, wake_second_);
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

absl::StatusOr<Dispatcher::Claimed> Dispatcher::ClaimFor(const std::vector<std::string>& types,
                                                         std::size_t limit) {
  const SlotPlan taken = registry_.TakeSlots(types, limit);
  if (taken.slots.empty()) return Claimed{};
  const auto start = std::chrono::steady_clock::now();
  FAILPOINT("before_claim_commit");
  const auto runs = store_.Claim(taken, types, DispatchLimit(options_.lease));
  if (runs.ok() && !runs->empty()) FAILPOINT("after_claim_commit");
  if (runs.ok()) {
    claim_seconds_.Observe(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    claimed_.Increment(static_cast<double>(runs->size()));
    Send(*runs);
  }
  registry_.ReturnSlots(taken);
  if (!runs.ok()) return runs.status();
  return Claimed{.slots = taken.slots.size(), .runs = runs->size()};
}

void Dispatcher::Send(const std::vector<ClaimedRun>& runs) {
  std::map<std::string, std::vector<const ClaimedRun*>> by_executor;
  for (const ClaimedRun& run : runs) {
    LogDebug("claimed", {{"integration", run.integration_id},
                         {"run", run.run_id},
                         {"log", run.log_id},
                         {"attempt", run.attempt},
                         {"epoch", run.epoch},
                         {"trigger", run.trigger},
                         {"executor_process", run.process_id}});
    by_executor[run.process_id].push_back(&run);
  }
  std::vector<const ClaimedRun*> unsent;
  for (const auto& [process_id, its_runs] : by_executor) {
    std::vector<internal::v1::Assignment> assignments;
    assignments.reserve(its_runs.size());
    for (const ClaimedRun* run : its_runs) {
      assignments.push_back(ToAssignment(*run, options_.lease));
      FAILPOINT("before_assignment_send");
    }
    const bool sent = registry_.AssignAll(process_id, std::move(assignments));
    for (std::size_t i = 0; i < its_runs.size(); ++i) FAILPOINT("after_assignment_send");
    if (sent) continue;
    unsent.insert(unsent.end(), its_runs.begin(), its_runs.end());
  }
  GiveBack(unsent, "its executor went away");
}

void Dispatcher::GiveBack(const std::vector<const ClaimedRun*>& runs, const std::string& reason) {
  if (runs.empty()) return;
  std::vector<ReleaseEvent> events;
  events.reserve(runs.size());
  for (const ClaimedRun* run : runs) {
    events.push_back(
        {{run->integration_id, run->log_id, run->fence}, ReleaseKind::kRefuse, {}, reason});
  }
  // When this fails, the dispatch limit gives them back.
  const auto released = store_.Release(events);
  if (!released.ok()) LogWarning("could not give back unsent runs", {{"error", released.status()}});
}

}  // namespace syncline::scheduler
