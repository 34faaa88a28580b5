#include "tests/explorer/change_statements.h"

#include <algorithm>

#include "scheduler/core/error_class.h"
#include "tests/explorer/run_statements.h"

namespace syncline::explorer {
namespace {

constexpr Byte kCancelled = 1 + static_cast<Byte>(scheduler::ErrorClass::kCancelled);

// The history rows of a cancelled run; `follow_up`: the reservation's too.
bool WriteCancelled(Tables& now, bool follow_up, Verdict& verdict) {
  const Live live = now.live;
  now.integration.change_no = std::max(now.integration.change_no, live.change_no);
  now.integration.epoch = std::max(now.integration.epoch, live.epoch);
  if (!WriteHistory(now, live.log, live.run, kCancelled, live.fence, verdict)) return false;
  if (!follow_up || live.follow_up == 0) return true;
  return WriteHistory(now, live.follow_up, live.follow_up, kCancelled, 0, verdict);
}

// The run that a log belongs to: 0 when it is neither active nor reserved.
Byte RunOf(const Tables& tables, Byte log) {
  const Live& live = tables.live;
  if (live.present == 0) return 0;
  if (log == live.log || log == live.run) return live.run;
  if (log == live.follow_up) return live.follow_up;
  for (int i = 0; i < tables.history_size; ++i) {
    if (tables.history[i].log == log && tables.history[i].run == live.run) return live.run;
  }
  return 0;
}

// Whether `run` is the active one in a live row.
bool IsActive(const World& world, const Live& live, Byte run, Byte log) {
  return live.present != 0 && (world.Has(Mend::kCancelByRun) ? live.run == run : live.log == log);
}

bool IsReserved(const Live& live, Byte run) {
  return live.present != 0 && live.follow_up != 0 && live.follow_up == run;
}

bool Restart(const World& world, const Tables& seen, Tables& now, bool new_config, bool redefines) {
  Integration& integration = now.integration;
  if (integration.deleted != 0) return false;
  ++integration.config_version;
  integration.blocked = 0;
  if (redefines) ++integration.definition;
  if (!SameRow(seen, now)) return true;
  Live& live = now.live;
  if (live.state != kPending && world.Has(Mend::kConfigChangeClearsFence)) GiveBack(live, false);
  if (!new_config) return true;
  live.complete = 0;
  if (now.checkpoint.done_run == live.run) now.checkpoint.done_run = 0;
  return true;
}

}  // namespace

bool DeleteIntegration(const World& world, const Tables& seen, Tables& now, Verdict& verdict) {
  Integration& integration = now.integration;
  if (integration.deleted != 0) return false;
  if (SameRow(seen, now)) {
    if (!WriteCancelled(now, world.Has(Mend::kDeleteClosesFollowUp), verdict)) return false;
    EndRow(now, false);
  }
  integration.deleted = 1;
  integration.next = kNoTick;
  now.tick_owed = 0;
  return true;
}

bool Disable(const Tables& seen, Tables& now, Verdict& verdict) {
  Integration& integration = now.integration;
  if (integration.deleted != 0 || integration.enabled == 0) return false;
  integration.enabled = 0;
  ++integration.settings_version;
  MoveTick(integration, now);
  const auto closes = [](const Live& live) {
    return live.present != 0 && live.state != kRunning && live.trigger != kManual &&
           live.manual_joined == 0 && live.follow_up == 0;
  };
  if (SameRow(seen, now) && closes(seen.live) && closes(now.live)) {
    if (!WriteCancelled(now, false, verdict)) return false;
    EndRow(now, false);
  }
  verdict.Require(!closes(now.live), "a disable closes what nobody asked for and does not run yet");
  return true;
}

bool Enable(Tables& now) {
  Integration& integration = now.integration;
  if (integration.deleted != 0 || integration.enabled != 0) return false;
  integration.enabled = 1;
  integration.retry_count = 0;
  ++integration.settings_version;
  MoveTick(integration, now);
  return true;
}

bool ChangeConfig(const World& world, const Tables& seen, Tables& now, bool redefines) {
  return Restart(world, seen, now, true, redefines);
}

bool ChangeCredentials(const World& world, const Tables& seen, Tables& now) {
  return Restart(world, seen, now, false, false);
}

bool Cancel(const World& world, const Tables& seen, Tables& now, Byte log, Verdict& verdict) {
  const Byte run = RunOf(seen, log);
  if (run == 0) return false;
  if (now.integration.deleted != 0) return true;
  const bool same = SameRow(seen, now);
  // In one statement the conditions are compared with the old row first.
  const Live& first = world.Has(Mend::kCancelInTwoStatements) ? now.live : seen.live;
  if (same && IsActive(world, first, run, log) && IsActive(world, now.live, run, log)) {
    if (!WriteCancelled(now, false, verdict)) return false;
    EndRow(now, world.Has(Mend::kCancelInsertsFollowUp));
    if (world.Has(Mend::kCancelMovesTick)) MoveTick(now.integration, now);
    verdict.Require(now.integration.next != kTickDue && now.integration.next != kTickTaken,
                    "a cancel does not start a tick that is past already");
  } else if (same && IsReserved(first, run) && IsReserved(now.live, run)) {
    if (!WriteHistory(now, run, run, kCancelled, 0, verdict)) return false;
    now.live.follow_up = 0;
  }
  verdict.Require(now.live.present == 0 || (now.live.run != run && now.live.follow_up != run),
                  "a run that was cancelled does not go on");
  return true;
}

}  // namespace syncline::explorer
