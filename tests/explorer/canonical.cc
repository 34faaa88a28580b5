#include "tests/explorer/canonical.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace syncline::explorer {
namespace {

template <typename S, typename Visit>
void VisitClaims(S& state, Visit&& visit) {
  for (auto& executor : state.executors) visit(executor.claim);
  for (auto& assignment : state.assignments) visit(assignment.claim);
  for (auto& decided : state.decided) visit(decided.claim);
  visit(state.copy.claim);
  visit(state.orphan.claim);
  visit(state.late.page.claim);
  visit(state.late.report.claim);
}

template <typename T, typename Visit>
void VisitLogs(T& tables, Visit&& visit) {
  visit(tables.live.log);
  visit(tables.live.run);
  visit(tables.live.follow_up);
  visit(tables.checkpoint.done_run);
  for (auto& request : tables.requests) visit(request.run);
  for (int i = 0; i < tables.history_size; ++i) {
    visit(tables.history[i].log);
    visit(tables.history[i].run);
  }
}

template <typename T, typename Visit>
void VisitFences(T& tables, Visit&& visit) {
  visit(tables.live.fence);
  for (int i = 0; i < tables.history_size; ++i) visit(tables.history[i].fence);
}

template <typename S, typename Visit>
void VisitAllLogs(S& state, Visit&& visit) {
  VisitLogs(state.tables, visit);
  VisitClaims(state, [&](auto& claim) { visit(claim.log); });
  if (state.late.kind != kNotLate) VisitLogs(state.late.snapshot, visit);
  if (state.late.kind == kLateCancel) visit(state.late.a);
  if (state.standby.present != 0) VisitLogs(state.standby.tables, visit);
}

template <typename S, typename Visit>
void VisitAllFences(S& state, Visit&& visit) {
  VisitFences(state.tables, visit);
  VisitClaims(state, [&](auto& claim) { visit(claim.fence); });
  if (state.late.kind != kNotLate) VisitFences(state.late.snapshot, visit);
  if (state.standby.present != 0) VisitFences(state.standby.tables, visit);
}

class Renumbering {
 public:
  void operator()(Byte& id) {
    if (id == 0) return;
    if (names_[id] == 0) names_[id] = ++last_;
    id = names_[id];
  }

 private:
  std::array<Byte, 256> names_{};
  Byte last_ = 0;
};

// 0 for none. Between the two commits of a retry (one of the variants) it is only in the statement
// that is to come.
Byte ActiveRun(const State& state, const Tables& tables) {
  return state.late.kind == kRetryInsert ? state.late.snapshot.live.run : tables.live.run;
}

bool IsAskedFor(const State& state, const HistoryRow& row) {
  bool asked = false;
  VisitClaims(state, [&](const Claim& claim) {
    asked = asked || (claim.fence != 0 && claim.fence == row.fence && claim.log == row.log);
  });
  return asked;
}

// Keeps the rows of history that something can still ask for: those of the active run, those that a
// report on its way may look up, and of a run that a request names that it was there.
void ForgetHistory(const State& state, Tables& tables) {
  const Byte active = ActiveRun(state, tables);
  std::array<HistoryRow, kMostHistory> rows{};
  std::size_t kept = 0;
  for (int i = 0; i < tables.history_size; ++i) {
    HistoryRow row = tables.history[i];
    const bool asked = IsAskedFor(state, row);
    if (!asked) row.fence = 0;
    if (!asked && row.run != active) {
      const bool last =
          std::none_of(tables.history.begin() + i + 1, tables.history.begin() + tables.history_size,
                       [&](const HistoryRow& later) { return later.run == row.run; });
      const bool named =
          std::any_of(tables.requests.begin(), tables.requests.end(),
                      [&](const Request& request) { return request.run == row.run; });
      if (!named || !last) continue;
      row = {row.run, row.run, kSucceeded, 0};
    }
    rows[kept++] = row;
  }
  tables.history = rows;
  tables.history_size = static_cast<Byte>(kept);
}

// A checkpoint at the start of a pass that belongs to no active run is as good as none: the next
// run begins a pass.
void ForgetCheckpoint(const State& state, Tables& tables) {
  Checkpoint& checkpoint = tables.checkpoint;
  if (checkpoint.done_run != ActiveRun(state, tables)) checkpoint.done_run = 0;
  if (checkpoint.cursor == 0 && checkpoint.done_run == 0) checkpoint = {};
}

// Keeps of a snapshot what its statement reads from it.
void ForgetSnapshot(Late& late) {
  Tables kept{};
  kept.integration = late.snapshot.integration;
  if (late.kind != kLateTrigger) kept.live = late.snapshot.live;
  if (late.kind == kLatePage) {
    kept.records = late.snapshot.records;
    kept.checkpoint = late.snapshot.checkpoint;
  }
  if (late.kind == kLateCancel) {
    kept.history = late.snapshot.history;
    kept.history_size = late.snapshot.history_size;
  }
  late.snapshot = kept;
}

// A bijection of 64 bits with good avalanche (the finaliser of SplitMix64).
std::uint64_t Mix(std::uint64_t word) {
  word = (word ^ word >> 30) * 0xbf58476d1ce4e5b9;
  word = (word ^ word >> 27) * 0x94d049bb133111eb;
  return word ^ word >> 31;
}

}  // namespace

void Canonicalise(State& state) {
  for (Executor& executor : state.executors) {
    if (executor.phase == kIdle) executor = {};
  }
  if (state.late.kind == kNotLate) {
    state.late = {};
    state.tables.live.known_to_late = 0;
  } else {
    ForgetSnapshot(state.late);
  }
  if (state.standby.present == 0) state.standby = {};
  ForgetHistory(state, state.tables);
  ForgetCheckpoint(state, state.tables);
  if (state.standby.present != 0) {
    ForgetHistory(state, state.standby.tables);
    ForgetCheckpoint(state, state.standby.tables);
  } else if (std::none_of(state.decided.begin(), state.decided.end(),
                          [](const Decided& decided) { return decided.present != 0; })) {
    // Nothing is left to compare it with.
    state.tables.integration.settings_version = 0;
    state.late.snapshot.integration.settings_version = 0;
  }
  Renumbering logs;
  VisitAllLogs(state, logs);
  Renumbering fences;
  VisitAllFences(state, fences);
}

Byte NewLog(const State& state) {
  Byte most = 0;
  VisitAllLogs(state, [&](Byte id) { most = std::max(most, id); });
  return static_cast<Byte>(most + 1);
}

Byte NewFence(const State& state) {
  Byte most = 0;
  VisitAllFences(state, [&](Byte id) { most = std::max(most, id); });
  return static_cast<Byte>(most + 1);
}

Fingerprint FingerprintOf(const State& state) {
  constexpr std::size_t kWords = (sizeof(State) + 7) / 8;
  std::array<std::uint64_t, kWords> words{};
  std::memcpy(words.data(), &state, sizeof(State));
  Fingerprint print{0x9e3779b97f4a7c15, 0xc2b2ae3d27d4eb4f};
  for (std::size_t i = 0; i < kWords; ++i) {
    print.low = Mix(print.low ^ words[i]);
    print.high = Mix(print.high * 0xa0761d6478bd642f + words[i]);
  }
  return print;
}

}  // namespace syncline::explorer
