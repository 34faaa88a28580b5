#include "scheduler/app/reaper.h"

#include <algorithm>
#include <utility>

#include "common/base/log.h"
#include "common/base/status_macros.h"

namespace syncline::scheduler {
namespace {

constexpr absl::Duration kTick = absl::Seconds(1);
constexpr absl::Duration kObservation = absl::Seconds(5);
constexpr absl::Duration kHousekeeping = absl::Minutes(1);
// After one that could not do all, twice as long after the next such one.
constexpr absl::Duration kHousekeepingAgain = absl::Seconds(5);
// The executor ends an overdue run itself; this long after, the scheduler does.
constexpr absl::Duration kOverdueGrace = absl::Seconds(10);
// Rate-limit waits of one run in all, or four intervals where that is more.
constexpr absl::Duration kLongestWait = absl::Hours(24);

}  // namespace

Reaper::Reaper(Parts parts, absl::Duration lease, std::function<double()> random, Calls calls)
    : parts_(parts),
      lease_(lease),
      random_(std::move(random)),
      calls_(std::move(calls)),
      guard_(parts.clock->Now(), lease),
      next_observation_(parts.clock->Now()),
      next_housekeeping_(parts.clock->Now()),
      housekeeping_again_(kHousekeepingAgain),
      lost_(parts.metrics->Counter("syncline_scheduler_takeovers_total",
                                   "Runs taken back from lost executors.")),
      undispatched_(
          parts.metrics->Counter("syncline_scheduler_dispatch_timeouts_total",
                                 "Runs taken back because no executor accepted them in time.")),
      condemned_(parts.metrics->Counter(
          "syncline_scheduler_poison_verdicts_total",
          "Runs that were blocked because executors died of them, also when they ran alone.")) {}

Reaper::~Reaper() { Stop(); }

void Reaper::Start() {
  thread_ = std::thread([this] { Run(); });
}

void Reaper::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Reaper::Run() {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      // Jittered, so that many schedulers do not tick together.
      const absl::Duration wait = kTick * (0.8 + 0.4 * random_());
      wake_.wait_for(lock, absl::ToChronoNanoseconds(wait), [this] { return stopping_; });
      if (stopping_) return;
    }
    Tick();
  }
}

void Reaper::Tick() {
  const absl::Duration now = parts_.clock->Now();
  const std::string why_not = guard_.WhyNot({.now = now,
                                             .database_recoveries = parts_.pool->recoveries(),
                                             .database_available = parts_.pool->available(),
                                             .slowest_statement = parts_.pool->TakeSlowest()});
  absl::Status status;
  if (why_not.empty()) {
    status = ReapOnce();
    if (status.ok()) status = EndOverdue();
    if (status.ok()) status = JudgeSuspects();
  } else {
    LogDebug("nothing is reaped", {{"reason", why_not}});
    // Also finds out that the database is back.
    status = parts_.runs->NextWake().status();
  }
  if (status.ok() && now >= next_observation_) {
    next_observation_ = now + kObservation;
    status = calls_.observe();
  }
  if (status.ok() && now >= next_housekeeping_) {
    next_housekeeping_ = now + kHousekeeping;
    status = EndThoseThatWaitedTooLong();
    if (status.ok()) status = KeepHouse(now);
  }
  if (!status.ok() && parts_.pool->available())
    LogWarning("a reaper tick failed", {{"error", status}});
}

absl::Status Reaper::KeepHouse(absl::Duration now) {
  ASSIGN_OR_RETURN(const bool done, calls_.keep_house());
  if (done) {
    housekeeping_again_ = kHousekeepingAgain;
    return absl::OkStatus();
  }
  next_housekeeping_ = now + housekeeping_again_;
  housekeeping_again_ = std::min(housekeeping_again_ * 2, kHousekeeping);
  return absl::OkStatus();
}

absl::Status Reaper::ReapOnce() {
  ASSIGN_OR_RETURN(const std::vector<ReapedRun> reaped, parts_.runs->Reap(lease_));
  for (const ReapedRun& run : reaped) {
    (run.was_running ? lost_ : undispatched_).Increment();
    LogWarning(run.was_running ? "executor lost" : "not accepted in time",
               {{"integration", run.integration_id},
                {"log", run.log_id},
                {"epoch", run.epoch},
                {"executor", run.executor}});
  }
  if (!reaped.empty()) calls_.on_reaped();
  return absl::OkStatus();
}

absl::Status Reaper::EndOverdue() {
  ASSIGN_OR_RETURN(const std::vector<RunRef> overdue, parts_.runs->Overdue(kOverdueGrace));
  return EndAll(overdue, ErrorClass::kTimeout, "the run was RUNNING for longer than its timeout");
}

absl::Status Reaper::JudgeSuspects() {
  ASSIGN_OR_RETURN(const std::vector<SuspectRun> suspects, parts_.runs->Suspects());
  std::vector<RunRef> condemned;
  for (const SuspectRun& suspect : suspects) {
    if (suspect.condemned) condemned.push_back(suspect.run);
  }
  if (condemned.size() < suspects.size()) calls_.on_suspects();
  condemned_.Increment(static_cast<double>(condemned.size()));
  return EndAll(condemned, ErrorClass::kLeaseLost,
                "executors died while they ran it, two of them while it ran alone; it runs again "
                "after a change of its config or a manual trigger");
}

absl::Status Reaper::EndThoseThatWaitedTooLong() {
  ASSIGN_OR_RETURN(const std::vector<RunRef> runs, parts_.runs->WaitedTooLong(kLongestWait));
  return EndAll(runs, ErrorClass::kRateLimited, "the remote kept asking to wait");
}

absl::Status Reaper::EndAll(const std::vector<RunRef>& runs, ErrorClass error_class,
                            const char* message) {
  if (runs.empty()) return absl::OkStatus();
  std::vector<FinishEvent> events;
  for (const RunRef& run : runs) {
    FinishEvent event;
    event.run = run;
    event.error_class = ErrorClassName(error_class);
    event.error_message = message;
    events.push_back(std::move(event));
  }
  RETURN_IF_ERROR(parts_.finisher->Finish(events).status());
  calls_.on_reaped();
  return absl::OkStatus();
}

}  // namespace syncline::scheduler
