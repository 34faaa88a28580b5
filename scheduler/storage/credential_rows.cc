#include "scheduler/storage/credential_rows.h"

#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "common/postgres/array.h"
#include "scheduler_queries.h"

namespace syncline::scheduler {

absl::Status ReplaceCredentials(postgres::Connection& connection, const std::string& id,
                                const SealCredentials& seal) {
  ASSIGN_OR_RETURN(const auto sealed, seal(id));
  postgres::ArrayBuilder names;
  postgres::ArrayBuilder blobs;
  for (const auto& [name, blob] : sealed) {
    names.Add(name);
    blobs.AddBytes(blob);
  }
  return connection
      .Run(queries::kReplaceCredentials,
           postgres::Params().Add(id).Add(names.Take()).Add(blobs.Take()))
      .status();
}

absl::Status ExternalIdTaken(const std::string& external_id) {
  return ReasonError(absl::StatusCode::kAlreadyExists, "EXTERNAL_ID_TAKEN",
                     "another integration has the external id '" + external_id + "'",
                     {{"external_id", external_id}});
}

}  // namespace syncline::scheduler
