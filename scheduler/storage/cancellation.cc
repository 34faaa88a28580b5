#include "scheduler/storage/cancellation.h"

#include "scheduler_queries.h"

namespace syncline::scheduler {
namespace {

const char* Name(Closing closing) {
  switch (closing) {
    case Closing::kDelete:
      return "DELETE";
    case Closing::kDisable:
      return "DISABLE";
    case Closing::kRun:
      return "RUN";
  }
  return "RUN";
}

}  // namespace

absl::StatusOr<postgres::Result> CloseRuns(postgres::Connection& connection,
                                           const std::string& integration_id, const char* message,
                                           Closing closing, const std::string& run_id) {
  return connection.Run(
      queries::kCancelRun,
      postgres::Params().Add(integration_id).Add(message).Add(Name(closing)).AddNonEmpty(run_id));
}

void AddDropped(const postgres::Result& rows, std::vector<DroppedClaim>& dropped) {
  for (const postgres::Row row : rows) {
    if (!row.IsNull("fence")) dropped.push_back({row.String("log_id"), row.String("fence")});
  }
}

}  // namespace syncline::scheduler
