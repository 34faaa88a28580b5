#include "tests/explorer/run_statements.h"

#include <algorithm>

#include "scheduler/core/error_class.h"
#include "tests/explorer/page_statements.h"

namespace syncline::explorer {
namespace {

using scheduler::ErrorClass;

bool Claimable(const Live& live) {
  return live.present != 0 && live.state == kPending && live.waits == 0;
}

bool IsDue(const Integration& integration) {
  return integration.enabled != 0 && integration.deleted == 0 && integration.blocked == 0 &&
         integration.next == kTickDue;
}

Assignment ToAssignment(const Live& live, const Integration& source) {
  Assignment assignment{};
  assignment.present = 1;
  assignment.claim = {live.fence, live.epoch, live.log};
  assignment.config_version = live.config_version;
  assignment.definition = source.definition;
  return assignment;
}

void Hold(const World& world, Tables& now, const Integration& source, Byte fence, Byte epoch,
          Verdict& verdict) {
  Live& live = now.live;
  live.state = kClaimed;
  live.fence = fence;
  live.lease = kLeaseValid;
  live.transient_backoff = 0;
  live.config_version = source.config_version;
  if (!world.track_epoch) return;
  // With fences that are epochs a claim after a failover rightly comes lower.
  const Byte before = std::max(live.epoch, now.integration.epoch);
  live.epoch = static_cast<Byte>(std::max(live.epoch, epoch) + 1);
  verdict.Require(live.epoch > before, "every claim raises the epoch");
}

// A run that nobody has held yet. The caller says what started it.
Live NewRun(Byte id) {
  Live live{};
  live.present = 1;
  live.log = live.run = id;
  return live;
}

bool Earned(const Tables& now) {
  const Checkpoint& checkpoint = now.checkpoint;
  return checkpoint.present != 0 && checkpoint.done_run == now.live.run && checkpoint.seen == 0 &&
         checkpoint.definition == now.integration.definition &&
         checkpoint.pass_pages == (1U << kPages) - 1;
}

// The columns of `next_attempt` in finish_runs.sql.
void Retry(const World& world, Live& live, const Decided& decided, Byte id) {
  const auto error_class = static_cast<ErrorClass>(decided.error_class);
  const bool transient = IsTransient(error_class);
  live.retries_spent = static_cast<Byte>(live.retries_spent + transient);
  live.auth_retries = static_cast<Byte>(live.auth_retries + (error_class == ErrorClass::kAuth));
  live.internal_retries =
      static_cast<Byte>(live.internal_retries + (error_class == ErrorClass::kInternal));
  live.log = id;
  live.trigger = kRetry;
  GiveBack(live, true);
  live.page_seq = live.started = live.fetched = live.created = live.pages_done = 0;
  live.transient_backoff = static_cast<Byte>(transient);
  if (!world.Has(Mend::kRetryCarriesFollowUp)) live.follow_up = 0;
  if (!world.Has(Mend::kRetryInPlace)) live.known_to_late = 0;
}

void Summarise(const World& world, const Tables& seen, Tables& now, const Live& ended,
               bool disable) {
  Integration& integration = now.integration;
  integration.change_no = std::max(integration.change_no, ended.change_no);
  integration.epoch = std::max(integration.epoch, ended.epoch);
  integration.enabled = static_cast<Byte>(integration.enabled != 0 && !disable);
  MoveTick(integration, now);
  if (!world.Has(Mend::kFinishLockedGrid)) {
    integration.next = seen.integration.enabled != 0 && !disable ? kTickAhead : kNoTick;
  }
}

}  // namespace

bool SameRow(const Tables& seen, const Tables& now) {
  return &seen == &now
             ? now.live.present != 0
             : seen.live.present != 0 && now.live.present != 0 && now.live.known_to_late != 0;
}

bool IsTransient(ErrorClass error_class) {
  return error_class == ErrorClass::kTransient || error_class == ErrorClass::kTimeout;
}

bool Holds(const World& world, const Live& live, const Claim& claim) {
  if (live.present == 0 || live.state == kPending) return false;
  return world.Has(Mend::kRandomFence) ? live.fence == claim.fence : live.epoch == claim.epoch;
}

void GiveBack(Live& live, bool waits) {
  live.state = kPending;
  live.fence = 0;
  live.lease = kNoLease;
  live.waits = static_cast<Byte>(waits);
  live.transient_backoff = 0;
}

bool WriteHistory(Tables& now, Byte log, Byte run, Byte status, Byte fence, Verdict& verdict) {
  for (int i = 0; i < now.history_size; ++i)
    verdict.Require(now.history[i].log != log, "an attempt has one terminal row");
  if (now.history_size == kMostHistory) return false;
  now.history[now.history_size++] = {log, run, status, fence};
  return true;
}

void EndRow(Tables& now, bool follow_up) {
  Live next{};
  if (follow_up && now.live.follow_up != 0) {
    next = NewRun(now.live.follow_up);
    next.trigger = kManual;
    next.change_no = now.live.change_no;
    next.known_to_late = now.live.known_to_late;
  }
  now.live = next;
}

void MoveTick(Integration& integration, Tables& now) {
  integration.next = integration.enabled != 0 ? kTickAhead : kNoTick;
  now.tick_owed = 0;
}

std::optional<Assignment> ClaimRun(const World& world, const Tables& seen, Tables& now, Byte fence,
                                   Byte id, Verdict& verdict) {
  const Integration& config =
      world.Has(Mend::kClaimTakesLockedConfig) ? now.integration : seen.integration;
  const Byte epoch =
      world.Has(Mend::kClaimTakesLockedEpoch) ? now.integration.epoch : seen.integration.epoch;
  const bool there = seen.integration.deleted == 0 && now.integration.deleted == 0;
  if (there && SameRow(seen, now) && Claimable(seen.live) && Claimable(now.live)) {
    if (world.Has(Mend::kLockedChangeNumber))
      now.live.change_no = std::max(now.live.change_no, now.integration.change_no);
    Hold(world, now, config, fence, epoch, verdict);
    return ToAssignment(now.live, config);
  }
  const bool candidate = IsDue(seen.integration) && seen.live.present == 0;
  const bool still = IsDue(now.integration) || !world.Has(Mend::kClaimLooksAgain);
  if (!candidate || !still || now.live.present != 0) return std::nullopt;
  now.live = NewRun(id);
  now.live.trigger = kSchedule;
  now.live.change_no = now.integration.change_no;
  Hold(world, now, config, fence, epoch, verdict);
  if (now.integration.next == kTickDue) now.integration.next = kTickTaken;
  now.tick_owed = 0;
  return ToAssignment(now.live, config);
}

bool TakeTickAlone(Tables& now) {
  if (!IsDue(now.integration) || now.live.present != 0) return false;
  now.integration.next = kTickTaken;
  return true;
}

std::optional<Assignment> InsertClaimed(Tables& now, Byte fence, Byte id) {
  if (now.live.present != 0 || now.integration.deleted != 0) return std::nullopt;
  now.live = NewRun(id);
  now.live.trigger = kSchedule;
  now.live.change_no = now.integration.change_no;
  now.live.state = kClaimed;
  now.live.fence = fence;
  now.live.lease = kLeaseValid;
  now.live.config_version = now.integration.config_version;
  now.tick_owed = 0;
  return ToAssignment(now.live, now.integration);
}

Triggered TriggerRun(const World& world, const Tables& seen, Tables& now, int request,
                     bool after_current, Byte id) {
  if (seen.integration.deleted != 0) return Triggered::kNotFound;
  if (now.integration.deleted != 0 && world.Has(Mend::kTriggerReadsFromLock))
    return Triggered::kNotFound;
  Request& answer = now.requests[static_cast<std::size_t>(request)];
  if (answer.used != 0 && world.Has(Mend::kRequestIdKept)) return Triggered::kAsBefore;
  now.integration.blocked = 0;
  Live& live = now.live;
  Byte run = 0;
  if (live.present == 0) {
    live = NewRun(id);
    live.trigger = kManual;
    live.change_no = world.Has(Mend::kLockedChangeNumber) ? now.integration.change_no
                                                          : seen.integration.change_no;
    run = id;
  } else {
    live.manual_joined = 1;
    if (live.state == kPending && live.transient_backoff != 0)
      live.waits = live.transient_backoff = 0;
    const bool reserves = after_current && (live.state != kPending || live.started != 0);
    if (reserves && live.follow_up == 0) live.follow_up = id;
    run = reserves ? live.follow_up : live.run;
  }
  answer = {1, static_cast<Byte>(after_current), run};
  return Triggered::kMade;
}

Finished FinishSuccess(const World& world, const Tables& seen, Tables& now,
                       const LastReport& report, Verdict& verdict) {
  const bool any = !world.Has(Mend::kFenceInFinish) && now.live.present != 0;
  if (!any && !(SameRow(seen, now) && Holds(world, seen.live, report.claim) &&
                Holds(world, now.live, report.claim)))
    return Finished::kNoSuchFence;
  Live& live = now.live;
  const bool complete = live.complete != 0 || report.nothing_left != 0;
  if ((world.Has(Mend::kSuccessNeedsComplete) && !complete) ||
      (world.Has(Mend::kSuccessNeedsPageSeq) && live.page_seq != report.page_seq)) {
    GiveBack(live, false);
    return Finished::kResume;
  }
  verdict.Require(Earned(now), "SUCCESS is earned: every page of the pass is committed and closed");
  if (!WriteHistory(now, live.log, live.run, kSucceeded, live.fence, verdict))
    return Finished::kNoRoom;
  const Live ended = live;
  EndRow(now, world.Has(Mend::kSuccessInsertsFollowUp));
  now.integration.retry_count = 0;
  Summarise(world, seen, now, ended, false);
  return Finished::kEnded;
}

Finished FinishFailure(const World& world, const Tables& seen, Tables& now, const Decided& decided,
                       Byte id, Verdict& verdict) {
  const bool any = !world.Has(Mend::kFenceInFinish) && now.live.present != 0;
  if (!any && !(SameRow(seen, now) && Holds(world, seen.live, decided.claim) &&
                Holds(world, now.live, decided.claim)))
    return Finished::kNoSuchFence;
  Live& live = now.live;
  if (world.Has(Mend::kFinishComparesSettings) &&
      now.integration.settings_version != decided.settings_version)
    return Finished::kRedecide;
  const Live& written = world.Has(Mend::kHistoryFromLockedRow) ? now.live : seen.live;
  verdict.Require(written.fetched == live.fetched, "history has the counts that were committed");
  if (!WriteHistory(now, live.log, live.run, static_cast<Byte>(1 + decided.error_class), live.fence,
                    verdict))
    return Finished::kNoRoom;
  const Live ended = live;
  if (!world.Has(Mend::kDeleteMarksAfterPass) && seen.checkpoint.seen != 0)
    MarkUnseen(seen, now, verdict);
  if (!world.Has(Mend::kSeenOutlivesAttempt)) now.checkpoint.seen = 0;
  if (decided.retry != 0) {
    verdict.Require(now.integration.enabled != 0,
                    "a run that fails after its integration was disabled is not retried");
    Retry(world, live, decided, id);
  } else {
    EndRow(now, world.Has(Mend::kFailureInsertsFollowUp));
  }
  now.integration.retry_count = static_cast<Byte>(now.integration.retry_count + decided.failures);
  if (decided.block != 0) now.integration.blocked = 1;
  Summarise(world, seen, now, ended, decided.disable != 0);
  return Finished::kEnded;
}

bool Release(const World& world, Tables& now, const Claim& claim, bool waits) {
  if (!Holds(world, now.live, claim)) return false;
  GiveBack(now.live, waits);
  return true;
}

bool Renew(const World& world, Tables& now, const Claim& claim) {
  if (!Holds(world, now.live, claim)) return false;
  now.live.lease = kLeaseValid;
  now.live.state = kRunning;
  now.live.started = 1;
  return true;
}

bool Reap(const World& world, const Tables& seen, Tables& now, Verdict& verdict) {
  const auto expired = [&](const Live& live) {
    const bool held =
        live.state == kRunning || (live.state == kClaimed && world.Has(Mend::kReaperTakesClaimed));
    return live.present != 0 && held && live.lease == kLeaseEnded;
  };
  if (!SameRow(seen, now) || !expired(seen.live)) return false;
  if (!expired(now.live) && world.Has(Mend::kReaperLooksAgain)) return false;
  verdict.Require(expired(now.live), "nothing is reaped that is not past its lease");
  if (now.live.state == kRunning && !world.Has(Mend::kTakeoverSpendsNoRetry))
    ++now.live.retries_spent;
  GiveBack(now.live, now.live.state == kClaimed);
  return true;
}

Byte LookUpEnded(const Tables& now, const Claim& claim) {
  for (int i = 0; i < now.history_size; ++i) {
    const HistoryRow& row = now.history[i];
    if (row.log == claim.log && row.fence == claim.fence && row.fence != 0) return row.status;
  }
  return 0;
}

}  // namespace syncline::explorer
