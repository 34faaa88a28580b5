#include "scheduler/storage/executor_store.h"

#include "common/base/log.h"
#include "common/base/status_macros.h"
#include "common/postgres/array.h"
#include "scheduler_queries.h"

namespace syncline::scheduler {

using postgres::ArrayBuilder;
using postgres::Params;

absl::StatusOr<bool> ExecutorStore::SayHello(const ExecutorHello& hello, absl::Duration lease) {
  ASSIGN_OR_RETURN(
      const postgres::Result result,
      pool_.Run(queries::kUpsertExecutor, Params()
                                              .Add(hello.process_id)
                                              .Add(hello.name)
                                              .Add(hello.version)
                                              .Add(hello.slots)
                                              .Add(postgres::TextArray(hello.connector_types))
                                              .Add(hello.busy)
                                              .Add(absl::ToInt64Milliseconds(lease))));
  return result[0].Bool("news");
}

absl::Status ExecutorStore::Touch(const std::vector<ExecutorSign>& signs) {
  ArrayBuilder processes, busy, draining;
  for (const ExecutorSign& sign : signs) {
    processes.Add(sign.process_id);
    busy.Add(static_cast<std::int64_t>(sign.busy));
    draining.Add(sign.draining);
  }
  return pool_
      .Run(queries::kTouchExecutors,
           Params().Add(processes.Take()).Add(busy.Take()).Add(draining.Take()))
      .status();
}

absl::StatusOr<bool> ExecutorStore::KeepHouse(absl::Duration retention) {
  const auto seconds = [&] { return Params().Add(absl::ToInt64Seconds(retention)); };
  RETURN_IF_ERROR(pool_.Run(queries::kExtendHistory, seconds()).status());
  // Each in a transaction of its own, which holds the table's lock for no longer than one takes.
  bool gave_way = false;
  for (std::string dropped = "?"; !dropped.empty();) {
    ASSIGN_OR_RETURN(const postgres::Result result, pool_.Run(queries::kDropOldHistory, seconds()));
    dropped = result[0].String("dropped");
    gave_way = result[0].IsNull("dropped");
    if (!dropped.empty()) LogInfo("dropped old history", {{"partition", dropped}});
  }
  RETURN_IF_ERROR(pool_.Run(queries::kPurgeTriggerRequests).status());
  RETURN_IF_ERROR(pool_.Run(queries::kPurgeExecutors).status());
  RETURN_IF_ERROR(pool_.Run(queries::kPruneTicks).status());
  return !gave_way;
}

}  // namespace syncline::scheduler
