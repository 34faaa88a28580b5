#include "tests/explorer/events.h"

#include <algorithm>
#include <cstring>

#include "scheduler/core/error_class.h"
#include "tests/explorer/canonical.h"
#include "tests/explorer/change_statements.h"
#include "tests/explorer/page_statements.h"
#include "tests/explorer/rules.h"
#include "tests/explorer/run_statements.h"
#include "tests/explorer/steps.h"

namespace syncline::explorer {
namespace {

bool SameTables(const Tables& a, const Tables& b) { return std::memcmp(&a, &b, sizeof(a)) == 0; }

// Whether what an event does to the tables is a commit, and not the passing of time.
bool Commits(EventKind kind) {
  switch (kind) {
    case EventKind::kTick:
    case EventKind::kTimePasses:
    case EventKind::kLeaseEnds:
    case EventKind::kFailover:
      return false;
    default:
      return true;
  }
}

// Whether somebody still works on the claim that the live row knows.
bool HolderIsThere(const State& state) {
  const Byte fence = state.tables.live.fence;
  for (int e = 0; e < kExecutors; ++e) {
    const auto place = static_cast<std::size_t>(e);
    if (state.executors[place].phase != kIdle && state.executors[place].claim.fence == fence)
      return true;
    if (state.assignments[place].present != 0 && state.assignments[place].claim.fence == fence)
      return true;
  }
  return false;
}

bool Tick(Tables& tables) {
  if (tables.integration.next != kTickAhead) return false;
  tables.integration.next = kTickDue;
  tables.tick_owed = 1;
  return true;
}

bool TimePasses(Live& live) {
  if (live.present == 0 || live.waits == 0) return false;
  live.waits = live.transient_backoff = 0;
  return true;
}

bool LeaseEnds(Live& live) {
  if (live.present == 0 || live.lease != kLeaseValid) return false;
  live.lease = kLeaseEnded;
  return true;
}

bool ClaimBy(const World& world, State& state, std::size_t e, Verdict& verdict) {
  if (state.assignments[e].present != 0) return false;
  if (state.late.kind == kLateClaim && state.late.a == e) return false;
  if (!world.Has(Mend::kTickWithItsRun) && state.tables.live.present == 0) {
    if (state.late.kind != kNotLate || !TakeTickAlone(state.tables)) return false;
    state.late.kind = kTickInsert;
    state.late.a = static_cast<Byte>(e);
    return true;
  }
  const auto assignment =
      ClaimRun(world, state.tables, state.tables, NewFence(state), NewLog(state), verdict);
  if (!assignment) return false;
  state.assignments[e] = *assignment;
  return true;
}

}  // namespace

bool Model::Spend(State& state, int cost) const {
  state.disturbances = static_cast<Byte>(state.disturbances + cost);
  return state.disturbances <= bounds_.disturbances;
}

bool Model::Work(State& state, const Event& event, Verdict& verdict) const {
  Tables& tables = state.tables;
  const std::size_t e = event.a;
  switch (event.kind) {
    case EventKind::kTick:
      return Tick(tables);
    case EventKind::kTimePasses:
      return TimePasses(tables.live);
    case EventKind::kLeaseEnds:
      return LeaseEnds(tables.live) && Spend(state, HolderIsThere(state) ? 1 : 0);
    case EventKind::kClaim:
      return Spend(state, state.executors[e].phase == kIdle ? 0 : 1) &&
             ClaimBy(world_, state, e, verdict);
    case EventKind::kDeliver:
      return Deliver(world_, state, event.a);
    case EventKind::kRenew:
      return RenewOf(world_, state, state.executors[e]);
    case EventKind::kPage:
      return PageOf(world_, state, state.executors[e], true, verdict);
    case EventKind::kReadBack:
      return state.executors[e].phase == kInDoubt && ReadBack(world_, state, state.executors[e]);
    case EventKind::kReport:
      return Spend(state, event.b == kReportSuccess ? 0 : 1) &&
             ReportOf(world_, state, state.executors[e], event.b, true, verdict);
    case EventKind::kResend:
      return Resend(world_, state, state.executors[e], verdict);
    case EventKind::kApply:
      if (state.late.kind == kLateApply && state.late.a == event.a) return false;
      return ApplyDecided(world_, tables, state, e, true, verdict);
    case EventKind::kReap:
      return Reap(world_, tables, tables, verdict);
    case EventKind::kTrigger:
      return tables.requests[e].used == 0 &&
             TriggerRun(world_, tables, tables, event.a, event.b != 0, NewLog(state)) ==
                 Triggered::kMade;
    case EventKind::kLateRuns:
      return RunLate(world_, state, verdict);
    case EventKind::kOrphanRuns: {
      const PageStatement page = state.orphan;
      state.orphan = {};
      if (page.present == 0) return false;
      WritePage(world_, tables, tables, page, true, verdict);
      return true;
    }
    case EventKind::kCopyArrives: {
      const LastReport copy = state.copy;
      state.copy = {};
      bool ended = false;
      return copy.present != 0 && CarryOut(world_, tables, state, copy, ended, verdict);
    }
    default:
      return Disturb(state, event, verdict);
  }
}

bool Model::Take(const State& state, const Event& event, State& next, Verdict& verdict) const {
  next = state;
  if (!Work(next, event, verdict)) return false;
  if (Commits(event.kind) && !SameTables(state.tables, next.tables)) {
    if (state.late.kind != kNotLate && next.late.kind != kNotLate &&
        ++next.late.commits > bounds_.late_commits)
      return false;
    if (state.standby.present != 0 && next.standby.present != 0 && ++next.standby.behind > 2)
      return false;
  }
  if (event.kind != EventKind::kFailover) {
    verdict.Require(std::memcmp(&state.tables.history, &next.tables.history,
                                sizeof(HistoryRow) * state.tables.history_size) == 0 &&
                        state.tables.history_size <= next.tables.history_size,
                    "terminal rows never change");
  }
  CheckRules(world_, next, verdict);
  Canonicalise(next);
  return true;
}

}  // namespace syncline::explorer
