// What people do and what goes wrong: each costs a part of what a path may have of it.
#include <cstring>

#include "scheduler/core/error_class.h"
#include "tests/explorer/canonical.h"
#include "tests/explorer/change_statements.h"
#include "tests/explorer/events.h"
#include "tests/explorer/page_statements.h"
#include "tests/explorer/run_statements.h"
#include "tests/explorer/steps.h"

namespace syncline::explorer {
namespace {

using scheduler::ErrorClass;

bool TriggerAgain(const World& world, State& state, const Event& event, Verdict& verdict) {
  const Tables before = state.tables;
  const Request asked = before.requests[event.a];
  if (asked.used == 0) return false;
  TriggerRun(world, state.tables, state.tables, event.a, asked.after_current != 0, NewLog(state));
  verdict.Require(std::memcmp(&before, &state.tables, sizeof(before)) == 0,
                  "the same request id gives the same answer and changes nothing");
  return verdict.broken != nullptr;  // else nothing has changed
}

bool DelayPage(const World& world, State& state, Executor& executor) {
  if (executor.phase != kWorking || state.orphan.present != 0) return false;
  state.orphan = NextPage(world, executor);
  if (state.orphan.present == 0) return false;
  executor.phase = kInDoubt;
  return true;
}

bool DelayReport(const World& world, State& state, Executor& executor, Byte report) {
  if (executor.phase != kWorking || state.copy.present != 0) return false;
  const bool finished = NextPage(world, executor).present == 0;
  if (finished != (report == kReportSuccess)) return false;
  state.copy = ToReport(executor, report);
  executor.phase = kReporting;
  executor.report = report;
  return true;
}

bool ApplyUnheard(const World& world, State& state, std::size_t s, Verdict& verdict) {
  if (state.late.kind == kLateApply && state.late.a == s) return false;
  return ApplyDecided(world, state.tables, state, s, false, verdict);
}

bool Overdue(const World& world, State& state) {
  const Live& live = state.tables.live;
  if (live.present == 0 || live.state != kRunning) return false;
  const Claim claim{live.fence, live.epoch, live.log};
  Decided* place = FreePlace(state);
  return place != nullptr &&
         DecideOn(world, state, claim, static_cast<Byte>(ErrorClass::kTimeout), *place);
}

bool ExecutorDies(State& state, std::size_t e) {
  if (state.executors[e].phase == kIdle && state.assignments[e].present == 0) return false;
  state.executors[e] = {};
  state.assignments[e] = {};
  return true;
}

// What it had decided is forgotten, what it was to send is not sent; statements go on in the
// database.
bool SchedulerDies(State& state, std::size_t s, Verdict& verdict) {
  const Late& late = state.late;
  const bool applying = late.kind == kLateApply && late.a == s;
  bool anything = state.assignments[s].present != 0 || state.copy.present != 0;
  state.assignments[s] = {};
  state.copy = {};
  if (state.decided[s].present != 0 && !applying) {
    state.decided[s] = {};
    anything = true;
  }
  if (late.kind == kRetryInsert || late.kind == kTickInsert) {
    verdict.Require(late.kind == kTickInsert, "a retry that was decided is not lost");
    state.late = {};
    anything = true;
  }
  return anything;
}

bool BeginLate(const World& world, State& state, const Event& event) {
  Late& late = state.late;
  if (late.kind != kNotLate) return false;
  if (event.a == kLateApply &&
      (state.decided[event.b].present == 0 || !world.Has(Mend::kRetryInOneCommit)))
    return false;
  if (event.a == kLateClaim && state.assignments[event.b].present != 0) return false;
  if (event.a == kLateTrigger && state.tables.requests[event.b].used != 0) return false;
  if (event.a == kLatePage) {
    Executor& executor = state.executors[event.b];
    if (executor.phase != kWorking) return false;
    late.page = NextPage(world, executor);
    if (late.page.present == 0) return false;
    executor.phase = kInDoubt;
  }
  if (event.a == kLateSuccess) {
    Executor& executor = state.executors[event.b];
    if (executor.phase != kWorking || NextPage(world, executor).present != 0) return false;
    late.report = ToReport(executor, kReportSuccess);
    executor.phase = kReporting;
    executor.report = kReportSuccess;
  }
  late.kind = event.a;
  late.a = event.b;
  late.b = event.c;
  late.snapshot = state.tables;
  state.tables.live.known_to_late = state.tables.live.present;
  return true;
}

bool Failover(State& state) {
  if (state.standby.present == 0 || state.standby.behind == 0) return false;
  state.tables = state.standby.tables;
  state.standby = {};
  // Statements of the old server end with it.
  state.late = {};
  state.orphan = {};
  for (Executor& executor : state.executors) executor.recorded = 0;
  return true;
}

bool FallBehind(State& state) {
  if (state.standby.present != 0) return false;
  state.standby.present = 1;
  state.standby.tables = state.tables;
  return true;
}

}  // namespace

bool Model::Disturb(State& state, const Event& event, Verdict& verdict) const {
  Tables& tables = state.tables;
  const std::size_t e = event.a;
  // Paid for when it began.
  if (event.kind == EventKind::kFailover) return Failover(state);
  if (event.kind == EventKind::kResendFailure) {
    const Executor& executor = state.executors[e];
    bool twice = false;
    for (const Decided& decided : state.decided)
      twice = twice || (decided.present != 0 && decided.claim.fence == executor.claim.fence);
    return Spend(state, twice ? 1 : 0) && ResendFailure(world_, state, state.executors[e], verdict);
  }
  if (event.kind == EventKind::kStandbyCatchesUp) {
    state.standby = {};
    return true;
  }
  if (!Spend(state, 1)) return false;
  switch (event.kind) {
    case EventKind::kPageAnswerLost:
      return PageOf(world_, state, state.executors[e], false, verdict);
    case EventKind::kPageDelayed:
      return DelayPage(world_, state, state.executors[e]);
    case EventKind::kReportAnswerLost:
      return ReportOf(world_, state, state.executors[e], event.b, false, verdict);
    case EventKind::kReportDelayed:
      return DelayReport(world_, state, state.executors[e], event.b);
    case EventKind::kFail:
      return Fail(world_, state, state.executors[e], event.b);
    case EventKind::kApplyAnswerLost:
      return ApplyUnheard(world_, state, e, verdict);
    case EventKind::kOverdue:
      return Overdue(world_, state);
    case EventKind::kTriggerAgain:
      return TriggerAgain(world_, state, event, verdict);
    case EventKind::kCancel:
      return Cancel(world_, tables, tables, event.a, verdict);
    case EventKind::kDisable:
      return Disable(tables, tables, verdict);
    case EventKind::kEnable:
      return Enable(tables);
    case EventKind::kDelete:
      return DeleteIntegration(world_, tables, tables, verdict);
    case EventKind::kConfig:
      return ChangeConfig(world_, tables, tables, event.a != 0);
    case EventKind::kCredentials:
      return ChangeCredentials(world_, tables, tables);
    case EventKind::kExecutorDies:
      return ExecutorDies(state, e);
    case EventKind::kSchedulerDies:
      return SchedulerDies(state, e, verdict);
    case EventKind::kLate:
      return BeginLate(world_, state, event);
    case EventKind::kStandbyFallsBehind:
      return FallBehind(state);
    default:
      return false;
  }
}

}  // namespace syncline::explorer
