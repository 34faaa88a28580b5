#include "tests/explorer/rules.h"

#include <algorithm>

#include "scheduler/core/error_class.h"
#include "tests/explorer/run_statements.h"

namespace syncline::explorer {
namespace {

using scheduler::ErrorClass;

void CheckTicks(const State& state, Verdict& verdict) {
  const Integration& integration = state.tables.integration;
  if (integration.deleted != 0) {
    verdict.Require(state.tables.live.present == 0, "a deleted integration has no run");
    return;
  }
  verdict.Require((integration.enabled != 0) == (integration.next != kNoTick),
                  "an integration that is on has a next tick, one that is off has none");
  verdict.Require(integration.next != kTickTaken || state.tables.live.present != 0 ||
                      state.late.kind == kTickInsert,
                  "no tick is lost");
  const bool waits = integration.enabled == 0 || integration.blocked != 0 ||
                     state.tables.live.present != 0 || state.late.kind == kTickInsert;
  verdict.Require(waits || state.tables.tick_owed == 0 || integration.next == kTickDue,
                  "no tick is lost");
}

void CheckLive(const State& state, Verdict& verdict) {
  const Tables& tables = state.tables;
  const Live& live = tables.live;
  if (live.present == 0) return;
  verdict.Require((live.state == kPending) == (live.fence == 0) &&
                      (live.state == kPending) == (live.lease == kNoLease),
                  "a run has fence and lease exactly while it is held");
  verdict.Require(live.fetched == live.pages_done && live.created <= live.fetched,
                  "counts are those of the committed pages");
  int transient = 0, internal = 0, auth = 0;
  for (int i = 0; i < tables.history_size; ++i) {
    const HistoryRow& row = tables.history[i];
    verdict.Require(row.log != live.log, "an active attempt has no terminal row");
    verdict.Require(row.run != live.follow_up, "a reserved run has no terminal row");
    if (row.run != live.run || row.status == kSucceeded) continue;
    const auto error_class = static_cast<ErrorClass>(row.status - 1);
    transient += static_cast<int>(IsTransient(error_class));
    internal += static_cast<int>(error_class == ErrorClass::kInternal);
    auth += static_cast<int>(error_class == ErrorClass::kAuth);
  }
  verdict.Require(live.retries_spent == transient && live.internal_retries == internal &&
                      live.auth_retries == auth,
                  "only failures of the run spend its retries");
}

void CheckPages(const World& world, const Tables& tables, Verdict& verdict) {
  const Checkpoint& checkpoint = tables.checkpoint;
  for (unsigned place = 0; place < kPages; ++place) {
    const bool read = (checkpoint.pass_pages >> place & 1U) != 0;
    verdict.Require(!read || tables.records[place].state == kPresent,
                    "a page's records are committed with its checkpoint");
  }
  verdict.Require(checkpoint.cursor == 0 || (checkpoint.pass_pages & 1U) != 0,
                  "a checkpoint stands behind the pages that are committed");
  verdict.Require(!world.snapshot_stream || checkpoint.present == 0 ||
                      !world.Has(Mend::kSeenOutlivesAttempt) || checkpoint.seen == 0 ||
                      checkpoint.seen == checkpoint.pass_pages,
                  "the keys that a pass has seen are those of its pages");
  const Byte newest = std::max(tables.records[0].change_no, tables.records[1].change_no);
  const Byte known = std::max(tables.integration.change_no, tables.live.change_no);
  verdict.Require(newest <= known, "the next change gets a new number");
}

void CheckRequests(const Tables& tables, Verdict& verdict) {
  for (const Request& request : tables.requests) {
    if (request.used == 0) continue;
    bool found = tables.live.present != 0 &&
                 (tables.live.run == request.run || tables.live.follow_up == request.run);
    for (int i = 0; i < tables.history_size; ++i)
      found = found || tables.history[i].run == request.run;
    verdict.Require(found, "the run of an accepted trigger is there");
  }
}

}  // namespace

void CheckRules(const World& world, const State& state, Verdict& verdict) {
  CheckTicks(state, verdict);
  CheckLive(state, verdict);
  CheckPages(world, state.tables, verdict);
  // A retry between its two commits is nowhere; whether it comes back is another rule.
  if (state.late.kind != kRetryInsert) CheckRequests(state.tables, verdict);
}

}  // namespace syncline::explorer
