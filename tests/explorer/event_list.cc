// Which events are tried in a state, what they are called, and which one leads to the end.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "scheduler/core/error_class.h"
#include "tests/explorer/events.h"
#include "tests/explorer/page_statements.h"
#include "tests/explorer/run_statements.h"

namespace syncline::explorer {
namespace {

using scheduler::ErrorClass;

// Every class that an executor reports as an end and that is followed by something else; TIMEOUT
// comes from the scheduler (kOverdue).
constexpr std::array<ErrorClass, 6> kFailures = {ErrorClass::kTransient, ErrorClass::kAuth,
                                                 ErrorClass::kConfig,    ErrorClass::kData,
                                                 ErrorClass::kInternal,  ErrorClass::kLeaseLost};

struct Name {
  EventKind kind;
  const char* text;
};

constexpr Name kNames[] = {
    {EventKind::kTick, "the tick comes"},
    {EventKind::kTimePasses, "not_before comes"},
    {EventKind::kLeaseEnds, "the lease ends"},
    {EventKind::kClaim, "claim for executor {}"},
    {EventKind::kDeliver, "executor {} gets the assignment"},
    {EventKind::kRenew, "executor {} reports (accept or heartbeat)"},
    {EventKind::kPage, "executor {} writes its page"},
    {EventKind::kPageAnswerLost, "executor {} writes its page, the answer is lost"},
    {EventKind::kPageDelayed, "executor {} sends its page, its fate is open"},
    {EventKind::kOrphanRuns, "the page of open fate is carried out"},
    {EventKind::kReadBack, "executor {} reads back"},
    {EventKind::kReport, "executor {} reports {}"},
    {EventKind::kReportAnswerLost, "executor {} reports {}, the answer is lost"},
    {EventKind::kReportDelayed, "executor {} reports {}, the copy is on its way"},
    {EventKind::kCopyArrives, "the copy of the report arrives"},
    {EventKind::kResend, "executor {} sends its report again"},
    {EventKind::kFail, "executor {} reports {}, a scheduler decides"},
    {EventKind::kApply, "scheduler {} carries out its decision"},
    {EventKind::kApplyAnswerLost, "scheduler {} carries out its decision, the answer is lost"},
    {EventKind::kResendFailure, "executor {} sends its failure again"},
    {EventKind::kOverdue, "a scheduler finds the run overdue"},
    {EventKind::kReap, "reap"},
    {EventKind::kTrigger, "trigger with request id {}{}"},
    {EventKind::kTriggerAgain, "trigger with request id {} again"},
    {EventKind::kCancel, "cancel by log {}"},
    {EventKind::kDisable, "disable"},
    {EventKind::kEnable, "enable"},
    {EventKind::kDelete, "delete"},
    {EventKind::kConfig, "the config is changed{1}"},
    {EventKind::kCredentials, "the credentials are changed"},
    {EventKind::kExecutorDies, "executor {} dies"},
    {EventKind::kSchedulerDies, "scheduler {} dies"},
    {EventKind::kLate, "{} takes its snapshot"},
    {EventKind::kLateRuns, "the late statement gets its locks"},
    {EventKind::kStandbyFallsBehind, "the standby falls behind"},
    {EventKind::kStandbyCatchesUp, "the standby catches up"},
    {EventKind::kFailover, "failover"},
};

std::string ReportName(const Event& event) {
  if (event.kind == EventKind::kFail)
    return std::string(scheduler::ErrorClassName(static_cast<ErrorClass>(event.b)));
  if (event.b == kReportSuccess) return "SUCCESS";
  return event.b == kReportPark ? "park" : "return";
}

std::string LateName(const Event& event) {
  switch (event.a) {
    case kLateClaim:
      return fmt::format("a claim for executor {}", event.b);
    case kLateTrigger:
      return fmt::format("a trigger with request id {}", event.b);
    case kLateApply:
      return fmt::format("the finish of scheduler {}", event.b);
    case kLateSuccess:
      return fmt::format("the SUCCESS of executor {}", event.b);
    case kLateReap:
      return "the reaper";
    case kLatePage:
      return fmt::format("the page of executor {}", event.b);
    case kLateDelete:
      return "a delete";
    case kLateDisable:
      return "a disable";
    case kLateConfig:
      return "a config change";
    case kLateCredentials:
      return "a credential change";
    default:
      return fmt::format("a cancel by log {}", event.b);
  }
}

class Lister {
 public:
  Lister(const World& world, const State& state, std::vector<Event>& events)
      : world_(world), state_(state), events_(events) {
    events_.clear();
  }

  void Add(EventKind kind, int a = 0, int b = 0, int c = 0) {
    events_.push_back({kind, static_cast<Byte>(a), static_cast<Byte>(b), static_cast<Byte>(c)});
  }

  void OfTime() {
    Add(EventKind::kTick);
    Add(EventKind::kTimePasses);
    Add(EventKind::kLeaseEnds);
    Add(EventKind::kReap);
  }

  void OfExecutor(int e) {
    const Executor& executor = state_.executors[static_cast<std::size_t>(e)];
    Add(EventKind::kDeliver, e);
    Add(EventKind::kExecutorDies, e);
    if (executor.phase == kWorking || executor.phase == kInDoubt) Add(EventKind::kRenew, e);
    if (executor.phase == kInDoubt) Add(EventKind::kReadBack, e);
    if (executor.phase == kReporting) {
      Add(EventKind::kResend, e);
      Add(EventKind::kResendFailure, e);
    }
    if (executor.phase != kWorking) return;
    Add(EventKind::kPage, e);
    Add(EventKind::kPageAnswerLost, e);
    Add(EventKind::kPageDelayed, e);
    Add(EventKind::kLate, kLatePage, e);
    Add(EventKind::kLate, kLateSuccess, e);
    for (const Report report : {kReportSuccess, kReportPark, kReportReturn}) {
      Add(EventKind::kReport, e, report);
      Add(EventKind::kReportAnswerLost, e, report);
      Add(EventKind::kReportDelayed, e, report);
    }
    for (const ErrorClass error_class : kFailures)
      Add(EventKind::kFail, e, static_cast<int>(error_class));
  }

  // Two executors that know nothing are one and the same: the first one is claimed for.
  void OfSchedulers() {
    const auto blank = [&](std::size_t e) {
      return state_.executors[e].phase == kIdle && state_.assignments[e].present == 0;
    };
    const bool other = !(blank(0) && blank(1)) || state_.late.kind == kLateClaim;
    for (int e = 0; e < (other ? kExecutors : 1); ++e) {
      Add(EventKind::kClaim, e);
      Add(EventKind::kLate, kLateClaim, e);
    }
    for (int s = 0; s < kSchedulers; ++s) {
      Add(EventKind::kSchedulerDies, s);
      if (state_.decided[static_cast<std::size_t>(s)].present == 0) continue;
      Add(EventKind::kApply, s);
      Add(EventKind::kApplyAnswerLost, s);
      Add(EventKind::kLate, kLateApply, s);
    }
    Add(EventKind::kOverdue);
    Add(EventKind::kLate, kLateReap);
  }

  void OfUsers() {
    for (int request = 0; request < kRequests; ++request) {
      const bool used = state_.tables.requests[static_cast<std::size_t>(request)].used != 0;
      if (used) {
        Add(EventKind::kTriggerAgain, request);
        continue;
      }
      for (const int after : {0, 1}) {
        Add(EventKind::kTrigger, request, after);
        Add(EventKind::kLate, kLateTrigger, request, after);
      }
      break;  // the other request id would do the same
    }
    for (const EventKind kind : {EventKind::kDisable, EventKind::kEnable, EventKind::kDelete,
                                 EventKind::kConfig, EventKind::kCredentials})
      Add(kind);
    Add(EventKind::kConfig, 1);
    const Live& live = state_.tables.live;
    const bool late = !world_.Has(Mend::kCancelInTwoStatements) || !world_.Has(Mend::kNoLateCancel);
    Byte before = 0;
    for (const Byte log : {live.run, live.log, live.follow_up}) {
      if (log == 0 || log == before) continue;
      before = log;
      Add(EventKind::kCancel, log);
      if (late) Add(EventKind::kLate, kLateCancel, log);
    }
  }

  // A change in two statements is never late: its second snapshot is younger than its lock.
  void OfForbidden() {
    for (const auto& [mend, kind] :
         {std::pair{Mend::kDeleteInTwoStatements, kLateDelete},
          std::pair{Mend::kDisableInTwoStatements, kLateDisable},
          std::pair{Mend::kConfigInTwoStatements, kLateConfig},
          std::pair{Mend::kCredentialsInTwoStatements, kLateCredentials}}) {
      if (!world_.Has(mend)) Add(EventKind::kLate, kind);
    }
  }

 private:
  const World& world_;
  const State& state_;
  std::vector<Event>& events_;
};

}  // namespace

std::string Describe(const Event& event) {
  const auto* const name = std::find_if(std::begin(kNames), std::end(kNames),
                                        [&](const Name& row) { return row.kind == event.kind; });
  if (event.kind == EventKind::kLate) return LateName(event) + " takes its snapshot";
  std::string second;
  if (event.kind == EventKind::kConfig) {
    second = event.a != 0 ? ", and with it what the stream reads" : "";
  } else if (event.kind == EventKind::kTrigger) {
    second = event.b != 0 ? ", after_current" : "";
  } else {
    second = ReportName(event);
  }
  return fmt::format(fmt::runtime(name->text), event.a, second);
}

void Model::List(const State& state, std::vector<Event>& events) const {
  Lister lister(world_, state, events);
  lister.OfTime();
  for (int e = 0; e < kExecutors; ++e) lister.OfExecutor(e);
  lister.OfSchedulers();
  lister.OfUsers();
  lister.OfForbidden();
  lister.Add(EventKind::kOrphanRuns);
  lister.Add(EventKind::kCopyArrives);
  lister.Add(EventKind::kLateRuns);
  lister.Add(EventKind::kStandbyFallsBehind);
  lister.Add(EventKind::kFailover);
}

std::optional<Event> Model::NextFair(const State& state) const {
  const auto event = [](EventKind kind, int a = 0, int b = 0) {
    return Event{kind, static_cast<Byte>(a), static_cast<Byte>(b), 0};
  };
  if (state.standby.present != 0) return event(EventKind::kStandbyCatchesUp);
  if (state.late.kind != kNotLate) return event(EventKind::kLateRuns);
  if (state.orphan.present != 0) return event(EventKind::kOrphanRuns);
  if (state.copy.present != 0) return event(EventKind::kCopyArrives);
  for (int s = 0; s < kSchedulers; ++s) {
    if (state.decided[static_cast<std::size_t>(s)].present != 0) return event(EventKind::kApply, s);
  }
  const Live& live = state.tables.live;
  for (int e = 0; e < kExecutors; ++e) {
    const Executor& executor = state.executors[static_cast<std::size_t>(e)];
    if (state.assignments[static_cast<std::size_t>(e)].present != 0)
      return event(EventKind::kDeliver, e);
    if (executor.phase == kReporting)
      return event(
          executor.report == kReportFailure ? EventKind::kResendFailure : EventKind::kResend, e);
    if (executor.phase == kInDoubt) return event(EventKind::kReadBack, e);
    if (executor.phase != kWorking) continue;
    const bool holds = Holds(world_, live, executor.claim);
    if (!holds || live.state != kRunning || live.lease != kLeaseValid)
      return event(EventKind::kRenew, e);
    const bool finished = NextPage(world_, executor).present == 0;
    return finished ? event(EventKind::kReport, e, kReportSuccess) : event(EventKind::kPage, e);
  }
  const Integration& integration = state.tables.integration;
  if (live.present != 0) {
    if (live.state != kPending)
      return event(live.lease == kLeaseValid ? EventKind::kLeaseEnds : EventKind::kReap);
    return event(live.waits != 0 ? EventKind::kTimePasses : EventKind::kClaim);
  }
  if (integration.deleted == 0 && integration.enabled != 0 && integration.blocked == 0 &&
      integration.next == kTickDue)
    return event(EventKind::kClaim);
  return std::nullopt;
}

State InitialState() {
  State state{};
  state.tables.integration.enabled = 1;
  state.tables.integration.config_version = 1;
  state.tables.integration.definition = 1;
  state.tables.integration.next = kTickAhead;
  return state;
}

}  // namespace syncline::explorer
