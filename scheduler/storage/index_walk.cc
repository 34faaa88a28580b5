#include "scheduler/storage/index_walk.h"

#include "common/base/status_macros.h"
#include "scheduler_queries.h"

namespace syncline::scheduler {

absl::StatusOr<postgres::Result> RunWalkingIndexes(postgres::Pool& pool, std::string_view sql,
                                                   const postgres::Params& params) {
  absl::StatusOr<postgres::Result> result;
  const absl::Status committed =
      pool.InTransaction([&](postgres::Connection& connection) -> absl::Status {
        RETURN_IF_ERROR(connection.Run(queries::kWalkIndexes).status());
        result = connection.Run(sql, params);
        return result.status();
      });
  if (!committed.ok()) return committed;
  return result;
}

}  // namespace syncline::scheduler
