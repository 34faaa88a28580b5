// The late statement: its snapshot is older than its locks.
#include <optional>
#include "tests/explorer/canonical.h"
#include "tests/explorer/change_statements.h"
#include "tests/explorer/page_statements.h"
#include "tests/explorer/run_statements.h"

#include "tests/explorer/steps.h"

namespace syncline::explorer {
namespace {

bool FinishClaim(State& state, std::size_t e, const std::optional<Assignment>& assignment) {
  if (assignment) state.assignments[e] = *assignment;
  return true;
}

bool InsertRetry(State& state, const Tables& seen, Verdict& verdict) {
  verdict.Require(state.tables.live.present == 0, "a retry that was decided is not lost");
  if (state.tables.live.present == 0) state.tables.live = seen.live;
  return true;
}

}  // namespace

bool RunLate(const World& world, State& state, Verdict& verdict) {
  const Late late = state.late;
  const Tables& seen = late.snapshot;
  Tables& now = state.tables;
  const Byte fence = NewFence(state);
  const Byte id = NewLog(state);
  bool done = false;
  switch (late.kind) {
    case kNotLate:
      return false;
    case kLateClaim:
      done = FinishClaim(state, late.a, ClaimRun(world, seen, now, fence, id, verdict));
      break;
    case kLateTrigger:
      TriggerRun(world, seen, now, late.a, late.b != 0, id);
      done = true;
      break;
    case kLateApply:
      done = ApplyDecided(world, seen, state, late.a, true, verdict);
      break;
    case kLateSuccess: {
      bool ended = false;
      done = CarryOut(world, seen, state, late.report, ended, verdict);
      break;
    }
    case kLateReap:
      Reap(world, seen, now, verdict);
      done = true;
      break;
    case kLatePage:
      WritePage(world, seen, now, late.page, true, verdict);
      done = true;
      break;
    case kLateDelete:
      DeleteIntegration(world, seen, now, verdict);
      done = true;
      break;
    case kLateDisable:
      Disable(seen, now, verdict);
      done = true;
      break;
    case kLateConfig:
      ChangeConfig(world, seen, now, true);
      done = true;
      break;
    case kLateCredentials:
      ChangeCredentials(world, seen, now);
      done = true;
      break;
    case kLateCancel:
      Cancel(world, seen, now, late.a, verdict);
      done = true;
      break;
    case kRetryInsert:
      done = InsertRetry(state, seen, verdict);
      break;
    case kTickInsert:
      done = FinishClaim(state, late.a, InsertClaimed(now, fence, id));
      break;
  }
  // What it did may itself be the first half of something (a retry in two commits).
  if (done && state.late.kind == late.kind) state.late = {};
  return done;
}

}  // namespace syncline::explorer
