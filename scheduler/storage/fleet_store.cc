#include "scheduler/storage/fleet_store.h"

#include "common/base/status_macros.h"
#include "scheduler/storage/index_walk.h"
#include "scheduler_queries.h"

namespace syncline::scheduler {
namespace {

using postgres::Connection;
using postgres::Params;
using postgres::Result;
using postgres::Row;

void AddLive(const Result& rows, QueueFigures& figures) {
  for (const Row row : rows) {
    if (row.Text("state") == "RUNNING") {
      figures.running = row.Int("runs");
    } else if (row.Text("state") == "CLAIMED") {
      figures.dispatching = row.Int("runs");
    } else {
      figures.pending.push_back(
          {row.String("wait_reason"), row.Int("runs"), absl::Milliseconds(row.Int("oldest_ms"))});
    }
  }
}

}  // namespace

absl::StatusOr<std::vector<ExecutorState>> FleetStore::Executors(absl::Duration lease) {
  ASSIGN_OR_RETURN(const Result rows, pool_.Run(queries::kListExecutors,
                                                Params().Add(absl::ToInt64Milliseconds(lease))));
  std::vector<ExecutorState> executors;
  for (const Row row : rows) {
    ExecutorState& executor = executors.emplace_back();
    executor.process_id = row.String("process_id");
    executor.name = row.String("name");
    executor.version = row.String("version");
    executor.slots = static_cast<int>(row.Int("slots"));
    executor.busy = static_cast<int>(row.Int("busy"));
    executor.alive = row.Bool("alive");
    executor.draining = row.Bool("draining");
    executor.started_at = row.Time("started_at").value_or(absl::UnixEpoch());
    executor.last_heard = row.Time("last_heard").value_or(absl::UnixEpoch());
    executor.connector_types = row.Array("connector_types");
  }
  return executors;
}

absl::StatusOr<QueueFigures> FleetStore::Queue(absl::Duration lease) {
  QueueFigures figures;
  ASSIGN_OR_RETURN(const Result live, RunWalkingIndexes(pool_, queries::kCountLive));
  AddLive(live, figures);
  RETURN_IF_ERROR(pool_.With([&](Connection& connection) -> absl::Status {
    ASSIGN_OR_RETURN(const Result due, connection.Run(queries::kCountDue));
    figures.now = due[0].Time("now").value_or(absl::UnixEpoch());
    figures.due = due[0].Int("due");
    figures.due_lag = absl::Milliseconds(due[0].Int("lag_ms"));
    ASSIGN_OR_RETURN(
        const Result slots,
        connection.Run(queries::kSumSlots, Params().Add(absl::ToInt64Milliseconds(lease))));
    figures.executors = static_cast<int>(slots[0].Int("executors"));
    figures.slots = static_cast<int>(slots[0].Int("slots"));
    figures.busy_slots = static_cast<int>(slots[0].Int("busy"));
    return absl::OkStatus();
  }));
  return figures;
}

}  // namespace syncline::scheduler
