// The steps of the work itself: schedulers and executors doing what they do when nothing goes
// wrong.
#include "tests/explorer/canonical.h"
#include "tests/explorer/decisions.h"
#include "tests/explorer/events.h"
#include "tests/explorer/page_statements.h"
#include "tests/explorer/run_statements.h"
#include "tests/explorer/steps.h"

namespace syncline::explorer {

using executor::Doubt;
using executor::RunStep;

bool Deliver(const World& world, State& state, int e) {
  Executor& executor = state.executors[static_cast<std::size_t>(e)];
  Assignment& assignment = state.assignments[static_cast<std::size_t>(e)];
  if (assignment.present == 0) return false;
  if (executor.phase != kIdle) {
    // The same fence once more is ignored, another one for this integration is refused.
    if (executor.claim.fence != assignment.claim.fence)
      Release(world, state.tables, assignment.claim, true);
  } else {
    executor.phase = kWorking;
    executor.claim = assignment.claim;
    executor.config_version = assignment.config_version;
    executor.definition = assignment.definition;
    if (!ReadRun(world, state.tables, executor)) executor.phase = kIdle;
  }
  assignment = {};
  return true;
}

bool RenewOf(const World& world, State& state, Executor& executor) {
  if (executor.phase != kWorking && executor.phase != kInDoubt) return false;
  const Live& live = state.tables.live;
  if (!Holds(world, live, executor.claim)) {
    executor.phase = kIdle;
    return true;
  }
  if (live.state == kRunning && live.lease == kLeaseValid) return false;  // changes nothing
  return Renew(world, state.tables, executor.claim);
}

bool ReadBack(const World& world, State& state, Executor& executor) {
  const PageStatement page = NextPage(world, executor);
  const Live& live = state.tables.live;
  switch (ResolvePage(Holds(world, live, executor.claim), live.page_seq, page.page_seq)) {
    case Doubt::kDone:
      NotePage(world, page, executor);
      executor.phase = kWorking;
      break;
    case Doubt::kSendAgain:
      executor.phase = kWorking;
      break;
    case Doubt::kLost:
      executor.phase = kIdle;
      break;
  }
  return true;
}

bool PageOf(const World& world, State& state, Executor& executor, bool answered, Verdict& verdict) {
  if (executor.phase != kWorking) return false;
  const PageStatement page = NextPage(world, executor);
  if (page.present == 0) return false;
  const bool counts = world.Has(Mend::kCountsInPage) || answered;
  const bool done = WritePage(world, state.tables, state.tables, page, counts, verdict);
  if (!answered) {
    executor.phase = kInDoubt;
  } else if (done) {
    NotePage(world, page, executor);
  } else {
    ReadBack(world, state, executor);
  }
  return true;
}

LastReport ToReport(const Executor& executor, Byte report) {
  const bool nothing_left = report == kReportSuccess && executor.complete == 0;
  return {1, executor.claim, report, executor.page_seq, static_cast<Byte>(nothing_left)};
}

bool CarryOut(const World& world, const Tables& seen, State& state, const LastReport& report,
              bool& ended, Verdict& verdict) {
  const Live before = state.tables.live;
  ended = false;
  bool found = false;
  if (report.report == kReportSuccess) {
    const Finished outcome = FinishSuccess(world, seen, state.tables, report, verdict);
    if (outcome == Finished::kNoRoom) return false;
    ended = outcome == Finished::kEnded;
    found = outcome != Finished::kNoSuchFence;
  } else {
    found = Release(world, state.tables, report.claim, report.report == kReportPark);
  }
  verdict.Require(!found || before.fence == report.claim.fence, "a stale attempt writes nothing");
  return true;
}

bool ReportOf(const World& world, State& state, Executor& executor, Byte report, bool answered,
              Verdict& verdict) {
  if (executor.phase != kWorking) return false;
  const bool finished = NextStepOf(executor, world.snapshot_stream) == RunStep::Kind::kFinish;
  if (finished != (report == kReportSuccess)) return false;
  bool ended = false;
  if (!CarryOut(world, state.tables, state, ToReport(executor, report), ended, verdict))
    return false;
  executor.phase = answered ? kIdle : kReporting;
  executor.report = report;
  executor.recorded = ended ? kSucceeded : 0;
  return true;
}

bool Resend(const World& world, State& state, Executor& executor, Verdict& verdict) {
  if (executor.phase != kReporting || executor.report == kReportFailure) return false;
  verdict.Require(
      executor.recorded == 0 || LookUpEnded(state.tables, executor.claim) == executor.recorded,
      "a report sent again is answered with the recorded status");
  bool ended = false;
  if (!CarryOut(world, state.tables, state, ToReport(executor, executor.report), ended, verdict))
    return false;
  verdict.Require(executor.recorded == 0 || !ended, "a report sent again ends nothing");
  executor.phase = kIdle;
  return true;
}

Decided* FreePlace(State& state) {
  for (Decided& decided : state.decided) {
    if (decided.present == 0) return &decided;
  }
  return nullptr;
}

bool DecideOn(const World& world, State& state, const Claim& claim, Byte error_class,
              Decided& place) {
  const Tables& tables = state.tables;
  if (!Holds(world, tables.live, claim)) return false;
  place = DecideFailure(static_cast<scheduler::ErrorClass>(error_class), tables.live,
                        tables.integration);
  place.claim = claim;
  return true;
}

bool Fail(const World& world, State& state, Executor& executor, Byte error_class) {
  if (executor.phase != kWorking) return false;
  if (NextStepOf(executor, world.snapshot_stream) == RunStep::Kind::kFinish) return false;
  Decided* place = FreePlace(state);
  if (place == nullptr || !DecideOn(world, state, executor.claim, error_class, *place))
    return false;
  executor.phase = kReporting;
  executor.report = kReportFailure;
  executor.error_class = error_class;
  return true;
}

bool ResendFailure(const World& world, State& state, Executor& executor, Verdict& verdict) {
  if (executor.phase != kReporting || executor.report != kReportFailure) return false;
  verdict.Require(
      executor.recorded == 0 || LookUpEnded(state.tables, executor.claim) == executor.recorded,
      "a report sent again is answered with the recorded status");
  Decided* place = FreePlace(state);
  if (place == nullptr) return false;
  if (!DecideOn(world, state, executor.claim, executor.error_class, *place)) executor.phase = kIdle;
  return true;
}

bool ApplyDecided(const World& world, const Tables& seen, State& state, std::size_t s,
                  bool answered, Verdict& verdict) {
  Decided& decided = state.decided[s];
  if (decided.present == 0) return false;
  const Byte fence = state.tables.live.fence;
  const Claim claim = decided.claim;
  const Finished outcome =
      FinishFailure(world, seen, state.tables, decided, NewLog(state), verdict);
  if (outcome == Finished::kNoRoom) return false;
  const bool ended = outcome == Finished::kEnded;
  verdict.Require(!ended || fence == claim.fence, "a stale attempt writes nothing");
  if (outcome == Finished::kRedecide)
    return DecideOn(world, state, claim, decided.error_class, decided);
  for (Executor& executor : state.executors) {
    if (executor.phase != kReporting || executor.claim.fence != claim.fence ||
        executor.report != kReportFailure)
      continue;
    if (answered) {
      executor.phase = kIdle;
    } else if (ended && executor.error_class == decided.error_class) {
      executor.recorded = static_cast<Byte>(1 + decided.error_class);
    }
  }
  const bool halved = ended && decided.retry != 0 && !world.Has(Mend::kRetryInOneCommit);
  decided = {};
  if (!halved) return true;
  if (state.late.kind != kNotLate) return false;
  state.late.kind = kRetryInsert;
  state.late.snapshot.live = state.tables.live;
  state.tables.live = {};
  return true;
}

}  // namespace syncline::explorer
