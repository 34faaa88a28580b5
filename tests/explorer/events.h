// What can happen in a state, one atomic step each.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/explorer/state.h"
#include "tests/explorer/verdict.h"
#include "tests/explorer/world.h"

namespace syncline::explorer {

enum class EventKind : Byte {
  kTick,
  kTimePasses,  // not_before has come
  kLeaseEnds,   // of a run, or the dispatch limit of a claim
  kClaim,
  kDeliver,
  kRenew,
  kPage,
  kPageAnswerLost,
  kPageDelayed,  // sent, and carried out at some time later or never
  kOrphanRuns,
  kReadBack,
  kReport,  // SUCCESS, park, return: carried out and answered
  kReportAnswerLost,
  kReportDelayed,  // one copy is on its way while the executor sends another
  kCopyArrives,
  kResend,
  kFail,  // a failure is reported and decided on
  kApply,
  kApplyAnswerLost,
  kResendFailure,
  kOverdue,
  kReap,
  kTrigger,
  kTriggerAgain,
  kCancel,
  kDisable,
  kEnable,
  kDelete,
  kConfig,
  kCredentials,
  kExecutorDies,
  kSchedulerDies,
  kLate,  // a statement takes its snapshot
  kLateRuns,
  kStandbyFallsBehind,
  kStandbyCatchesUp,  // only on the way to the end
  kFailover,
};

struct Event {
  EventKind kind = EventKind::kTick;
  Byte a = 0, b = 0, c = 0;
};

std::string Describe(const Event& event);

struct Bounds {
  int disturbances = 2;  // faults, failures, and changes by users, on one path
  int late_commits = 3;  // what others commit while a late statement waits
};

// The model with its bounds.
class Model {
 public:
  Model(World world, Bounds bounds) : world_(world), bounds_(bounds) {}

  // Replaces `events` by those that may happen in `state`, some of which Take refuses.
  void List(const State& state, std::vector<Event>& events) const;

  // Whether the event can happen within the bounds; then `next` is the state after it, in canonical
  // form, and `verdict` has what is broken by the step or in that state.
  bool Take(const State& state, const Event& event, State& next, Verdict& verdict) const;

  // The next step on the way to where every run has ended, with nothing going wrong any more;
  // nullopt at that end.
  std::optional<Event> NextFair(const State& state) const;

  const World& world() const { return world_; }

 private:
  bool Work(State& state, const Event& event, Verdict& verdict) const;
  bool Disturb(State& state, const Event& event, Verdict& verdict) const;
  bool Spend(State& state, int cost) const;

  World world_;
  Bounds bounds_;
};

}  // namespace syncline::explorer
