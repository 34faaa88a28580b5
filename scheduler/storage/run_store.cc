#include "scheduler/storage/run_store.h"

#include <unordered_map>
#include <utility>

#include "common/base/ids.h"
#include "common/base/mutant.h"
#include "common/base/status_macros.h"
#include "common/base/text_time.h"
#include "common/postgres/array.h"
#include "scheduler/storage/index_walk.h"
#include "scheduler_queries.h"

namespace syncline::scheduler {
namespace {

using postgres::ArrayBuilder;
using postgres::BinaryArray;
using postgres::Params;
using postgres::Result;
using postgres::Row;

// The columns of a batch of claims.
struct RefColumns {
  ArrayBuilder integrations, logs, fences, processes;
  void Add(const RunRef& run) {
    integrations.Add(run.integration_id);
    logs.Add(run.log_id);
    if (run.fence.empty()) {
      fences.AddNull();
    } else {
      fences.Add(run.fence);
    }
    if (run.process_id.empty()) {
      processes.AddNull();
    } else {
      processes.Add(run.process_id);
    }
  }
};

// For the large batches: to read a UUID as text costs PostgreSQL half a microsecond.
BinaryArray UuidColumn() { return BinaryArray(BinaryArray::Type::kUuid); }

// The key of the event that a row of the result belongs to.
std::string KeyOf(const Row& row) { return row.String(row.IsNull("fence") ? "log_id" : "fence"); }

void AddOptional(ArrayBuilder& column, const std::optional<std::string>& value) {
  if (value) {
    column.Add(std::string_view(*value));
  } else {
    column.AddNull();
  }
}

const char* Name(ReleaseKind kind) {
  switch (kind) {
    case ReleaseKind::kPark:
      return "PARK";
    case ReleaseKind::kReturn:
      return "RETURN";
    case ReleaseKind::kRefuse:
      return "REFUSE";
  }
  return "REFUSE";
}

// `run` has what its claim gave it: fence, executor.
void ReadClaimed(const Row& row, ClaimedRun& run) {
  run.integration_id = row.String("integration_id");
  run.log_id = row.String("log_id");
  run.run_id = row.String("run_id");
  run.tenant_id = row.String("tenant_id");
  run.attempt = static_cast<int>(row.Int("attempt"));
  run.trigger = row.String("trigger");
  run.epoch = row.Int("epoch");
  run.state.page_seq = row.Int("page_seq");
  run.state.complete = row.Bool("complete");
  run.remaining = absl::Milliseconds(row.Int("remaining_ms"));
  run.type = row.String("type");
  run.config_json = row.String("config");
}

}  // namespace

void AddEquipment(const Row& row, ClaimedRun& run) {
  if (!row.IsNull("sealed")) {
    run.sealed_credentials[row.String("name")] = row.Bytes("sealed");
    return;
  }
  run.state.checkpoints.push_back({.stream = row.String("name"),
                                   .definition_hash = row.String("definition_hash"),
                                   .cursor_json = row.String("cursor"),
                                   .done = row.String("done_run_id") == run.run_id,
                                   .unclosed = row.Bool("unclosed")});
}

absl::StatusOr<std::vector<ClaimedRun>> RunStore::Claim(const SlotPlan& plan,
                                                        const std::vector<std::string>& types,
                                                        absl::Duration dispatch_limit) {
  BinaryArray processes = UuidColumn(), fences = UuidColumn();
  ArrayBuilder names, executors;
  for (const ExecutorLoad& executor : plan.executors) {
    processes.AddUuid(executor.process_id);
    names.Add(executor.name);
  }
  // Made here: PostgreSQL asks OpenSSL for each of them, 4 % of what a claim and its finish cost.
  const std::string ids = NewRandomUuidBytes(plan.slots.size());
  const auto id_of = [&ids](std::size_t slot) {
    return std::string_view(ids).substr(slot * kUuidBytes, kUuidBytes);
  };
  fences.Reserve(plan.slots.size(), ids.size());
  for (std::size_t i = 0; i < plan.slots.size(); ++i) {
    fences.Add(id_of(i));
    executors.Add(static_cast<std::int64_t>(plan.slots[i]) + 1);
  }
  return ClaimWith(queries::kClaimRuns,
                   Params()
                       .AddBinary(processes.bytes())
                       .AddBinary(fences.bytes())
                       .Add(names.Take())
                       .Add(executors.Take())
                       .Add(postgres::TextArray(types))
                       .Add(absl::ToInt64Milliseconds(dispatch_limit)),
                   [&](const Row& row, ClaimedRun& run) {
                     run.fence = UuidText(id_of(static_cast<std::size_t>(row.Int("n") - 1)));
                     const auto executor = static_cast<std::size_t>(row.Int("executor") - 1);
                     run.process_id = plan.executors[executor].process_id;
                   });
}

absl::StatusOr<std::vector<ClaimedRun>> RunStore::ClaimAlone(const Slot& slot,
                                                             const std::vector<std::string>& types,
                                                             absl::Duration dispatch_limit) {
  const std::string fence = NewRandomUuid();
  return ClaimWith(queries::kClaimAlone,
                   Params()
                       .Add(slot.process_id)
                       .Add(slot.executor_name)
                       .Add(postgres::TextArray(types))
                       .Add(absl::ToInt64Milliseconds(dispatch_limit))
                       .Add(fence),
                   [&](const Row&, ClaimedRun& run) {
                     run.fence = fence;
                     run.process_id = slot.process_id;
                     run.alone = true;
                   });
}

absl::StatusOr<std::vector<ClaimedRun>> RunStore::ClaimWith(
    std::string_view sql, const Params& params,
    absl::FunctionRef<void(const Row&, ClaimedRun&)> give) {
  std::vector<ClaimedRun> runs;
  RETURN_IF_ERROR(pool_.With([&](postgres::Connection& connection) {
    ASSIGN_OR_RETURN(const Result rows, connection.Run(sql, params));
    runs.reserve(static_cast<std::size_t>(rows.size()));
    for (const Row row : rows) {
      give(row, runs.emplace_back());
      ReadClaimed(row, runs.back());
    }
    return runs.empty() ? absl::OkStatus() : Equip(connection, runs);
  }));
  return runs;
}

absl::Status RunStore::Equip(std::vector<ClaimedRun>& runs) {
  return pool_.With([&](postgres::Connection& connection) { return Equip(connection, runs); });
}

absl::Status RunStore::Equip(postgres::Connection& connection, std::vector<ClaimedRun>& runs) {
  BinaryArray ids = UuidColumn();
  std::unordered_map<std::string_view, ClaimedRun*> by_integration;
  for (ClaimedRun& run : runs) {
    ids.AddUuid(run.integration_id);
    by_integration[run.integration_id] = &run;
  }
  ASSIGN_OR_RETURN(const Result rows,
                   connection.Run(queries::kReadClaimed, Params().AddBinary(ids.bytes())));
  for (const Row row : rows) {
    AddEquipment(row, *by_integration.at(row.Text("integration_id")));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> RunStore::Renew(const std::vector<RunRef>& runs,
                                                         absl::Duration lease) {
  RefColumns refs;
  for (const RunRef& run : runs) refs.Add(run);
  ASSIGN_OR_RETURN(const Result rows,
                   pool_.Run(queries::kRenewLeases, Params()
                                                        .Add(refs.integrations.Take())
                                                        .Add(refs.fences.Take())
                                                        .Add(absl::ToInt64Milliseconds(lease))
                                                        .Add(refs.processes.Take())));
  std::vector<std::string> renewed;
  for (const Row row : rows) renewed.push_back(row.String("fence"));
  return renewed;
}

absl::StatusOr<std::map<std::string, FenceFate>> RunStore::LookUp(const std::vector<RunRef>& runs) {
  RefColumns refs;
  for (const RunRef& run : runs) refs.Add(run);
  ASSIGN_OR_RETURN(const Result rows,
                   pool_.Run(queries::kLookUpFences, Params()
                                                         .Add(refs.integrations.Take())
                                                         .Add(refs.logs.Take())
                                                         .Add(refs.fences.Take())
                                                         .Add(refs.processes.Take())));
  std::map<std::string, FenceFate> fates;
  for (const Row row : rows) {
    FenceFate& fate = fates[row.String("fence")];
    fate.held = row.Bool("held");
    if (!row.IsNull("ended_status")) fate.ended_status = row.String("ended_status");
  }
  return fates;
}

absl::StatusOr<std::map<std::string, FailedRun>> RunStore::ReadFailed(
    const std::vector<RunRef>& runs) {
  RefColumns refs;
  for (const RunRef& run : runs) refs.Add(run);
  ASSIGN_OR_RETURN(
      const Result rows,
      pool_.Run(
          queries::kReadFailedRuns,
          Params().Add(refs.integrations.Take()).Add(refs.fences.Take()).Add(refs.logs.Take())));
  std::map<std::string, FailedRun> failed;
  for (const Row row : rows) {
    FailedRun& run = failed[KeyOf(row)];
    run.settings_version = row.Int("settings_version");
    run.attempt.retries_spent = static_cast<int>(row.Int("retries_spent"));
    run.attempt.internal_retries = static_cast<int>(row.Int("internal_retries"));
    run.attempt.auth_retries = static_cast<int>(row.Int("auth_retries"));
    run.attempt.sync_enabled = row.Bool("sync_enabled");
    run.attempt.max_retries = static_cast<int>(row.Int("max_retries"));
    run.attempt.failures_in_row = static_cast<int>(row.Int("retry_count"));
  }
  return failed;
}

absl::StatusOr<std::vector<FinishResult>> RunStore::Finish(std::span<const FinishEvent> events) {
  BinaryArray integrations = UuidColumn(), fences = UuidColumn(), logs = UuidColumn(),
              processes = UuidColumn();
  ArrayBuilder page_seqs, lefts, classes, messages, statuses, delays, disables, blocks, failures,
      versions, details;
  std::vector<std::size_t> order;  // the statement's events, as places in `events`
  order.reserve(events.size());
  const auto add = [&](const FinishEvent& event) {
    integrations.AddUuid(event.run.integration_id);
    fences.AddUuid(event.run.fence);
    logs.AddUuid(event.run.log_id);
    processes.AddUuid(event.run.process_id);
    page_seqs.Add(event.page_seq);
    lefts.Add(event.nothing_left);
    if (event.success) return;
    classes.Add(event.error_class);
    messages.Add(event.error_message);
    statuses.Add(static_cast<std::int64_t>(event.http_status));
    const FinishDecision& decision = event.decision;
    if (decision.retry_delay) {
      delays.Add(absl::ToInt64Milliseconds(*decision.retry_delay));
    } else {
      delays.AddNull();
    }
    AddOptional(disables, decision.disable_reason);
    AddOptional(blocks, decision.block_reason);
    failures.Add(static_cast<std::int64_t>(decision.counted_failures));
    versions.Add(event.settings_version);
    details.Add(decision.reason);
  };
  // What only failures have is left out for the others, which come after them.
  std::size_t failed = 0;
  for (const bool success : {false, true}) {
    if (success) failed = order.size();
    for (std::size_t i = 0; i < events.size(); ++i) {
      if (events[i].success != success) continue;
      add(events[i]);
      order.push_back(i);
    }
  }
  Params params;
  for (const BinaryArray* column : {&integrations, &fences, &logs, &processes})
    params.AddBinary(column->bytes());
  params.Add(static_cast<std::int64_t>(failed));
  for (ArrayBuilder* column : {&page_seqs, &lefts, &classes, &messages, &statuses, &delays,
                               &disables, &blocks, &failures, &versions, &details})
    params.Add(column->Take());
  ASSIGN_OR_RETURN(const Result rows, pool_.Run(queries::kFinishRuns, params));
  std::vector<FinishResult> results(events.size());
  for (const Row row : rows) {
    FinishResult& result = results[order[static_cast<std::size_t>(row.Int("n") - 1)]];
    result.outcome = row.Bool("resume")     ? FinishOutcome::kResume
                     : row.Bool("redecide") ? FinishOutcome::kRedecide
                                            : FinishOutcome::kEnded;
    result.ran = absl::Milliseconds(row.Int("ran_ms"));
  }
  return results;
}

absl::StatusOr<std::vector<std::string>> RunStore::Release(
    const std::vector<ReleaseEvent>& events) {
  RefColumns refs;
  ArrayBuilder kinds, delays, details;
  for (const ReleaseEvent& event : events) {
    refs.Add(event.run);
    kinds.Add(std::string_view(Name(event.kind)));
    delays.Add(absl::ToInt64Milliseconds(event.delay));
    details.Add(event.detail);
  }
  ASSIGN_OR_RETURN(const Result rows,
                   pool_.Run(queries::kReleaseRuns, Params()
                                                        .Add(refs.integrations.Take())
                                                        .Add(refs.fences.Take())
                                                        .Add(kinds.Take())
                                                        .Add(delays.Take())
                                                        .Add(details.Take())
                                                        .Add(refs.processes.Take())));
  std::vector<std::string> released;
  for (const Row row : rows) released.push_back(row.String("integration_id"));
  return released;
}

absl::StatusOr<std::vector<ReapedRun>> RunStore::Reap(absl::Duration lease) {
  Params params;
  params.Add(absl::ToInt64Milliseconds(lease));
  if (MUTANT("lease_by_local_clock")) params.Add(FormatPostgresTime(absl::Now()));
  ASSIGN_OR_RETURN(const Result expired, RunWalkingIndexes(pool_, queries::kReadExpired, params));
  if (!expired[0].Bool("found")) return std::vector<ReapedRun>{};
  ASSIGN_OR_RETURN(const Result rows, pool_.Run(queries::kReapRuns, params));
  std::vector<ReapedRun> reaped;
  for (const Row row : rows) {
    reaped.push_back({row.String("integration_id"), row.String("log_id"), row.String("executor"),
                      row.Int("epoch"), row.Text("state_before") == "RUNNING"});
  }
  return reaped;
}

absl::StatusOr<std::vector<RunRef>> RunStore::Overdue(absl::Duration grace) {
  ASSIGN_OR_RETURN(const Result rows,
                   RunWalkingIndexes(pool_, queries::kReadOverdueRuns,
                                     Params().Add(absl::ToInt64Milliseconds(grace))));
  std::vector<RunRef> overdue;
  for (const Row row : rows) {
    overdue.push_back({row.String("integration_id"), row.String("log_id"), row.String("fence")});
  }
  return overdue;
}

absl::StatusOr<std::vector<SuspectRun>> RunStore::Suspects() {
  ASSIGN_OR_RETURN(const Result rows, pool_.Run(queries::kReadSuspects));
  std::vector<SuspectRun> suspects;
  for (const Row row : rows) {
    suspects.push_back(
        {{row.String("integration_id"), row.String("log_id"), ""}, row.Bool("condemned")});
  }
  return suspects;
}

absl::StatusOr<std::vector<RunRef>> RunStore::WaitedTooLong(absl::Duration limit) {
  ASSIGN_OR_RETURN(const Result rows, pool_.Run(queries::kReadWaitedTooLong,
                                                Params().Add(absl::ToInt64Milliseconds(limit))));
  std::vector<RunRef> runs;
  for (const Row row : rows) {
    runs.push_back({row.String("integration_id"), row.String("log_id"), ""});
  }
  return runs;
}

absl::StatusOr<std::optional<absl::Duration>> RunStore::NextWake() {
  ASSIGN_OR_RETURN(const Result rows, pool_.Run(queries::kReadNextWake));
  if (rows[0].IsNull("wait_ms")) return std::nullopt;
  return absl::Milliseconds(rows[0].Int("wait_ms"));
}

}  // namespace syncline::scheduler
