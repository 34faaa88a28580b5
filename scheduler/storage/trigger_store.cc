#include "scheduler/storage/trigger_store.h"

#include "common/base/errors.h"
#include "common/base/ids.h"
#include "common/base/status_macros.h"
#include "scheduler_queries.h"

namespace syncline::scheduler {
namespace {

using postgres::Params;
using postgres::Result;

// A request id may be forgotten between the clash and the look-up; then the call is simply made
// again.
constexpr int kTries = 3;

absl::Status NotFound(const TriggerRequest& request) {
  return ReasonError(absl::StatusCode::kNotFound, "INTEGRATION_NOT_FOUND",
                     "no integration '" + request.integration_id + "'",
                     {{"integration_id", request.integration_id}});
}

}  // namespace

absl::StatusOr<TriggerAnswer> TriggerStore::Trigger(const TriggerRequest& request) {
  const std::optional<std::string> uuid = ParseUuid(request.integration_id);
  for (int tries = 0; tries < kTries; ++tries) {
    Params params;
    params.Add(request.tenant_id).AddOptional(uuid);
    if (uuid) {
      params.AddNull();
    } else {
      params.Add(request.integration_id);
    }
    auto made = pool_.Run(queries::kTriggerRun,
                          Params(params).Add(request.request_id).Add(request.after_current));
    if (made.ok()) {
      if (made->empty()) return NotFound(request);
      const postgres::Row row = (*made)[0];
      if (row.Text("type") == "MANUAL") {
        return ReasonError(absl::StatusCode::kFailedPrecondition, "MANUAL_INTEGRATION",
                           "a MANUAL integration has no remote to sync from; its records are "
                           "written through the API");
      }
      return TriggerAnswer{row.String("run_id"), row.String("integration_id"), row.Bool("joined"),
                           false};
    }
    if (SqlStateOf(made.status()) != "23505") return made.status();
    Params key;
    key.Add(request.tenant_id).Add(request.request_id).AddOptional(uuid);
    if (uuid) {
      key.AddNull();
    } else {
      key.Add(request.integration_id);
    }
    ASSIGN_OR_RETURN(const Result stored, pool_.Run(queries::kReadTriggerRequest, key));
    if (stored.empty()) continue;
    const postgres::Row row = stored[0];
    if (!row.Bool("same_integration") || row.Bool("after_current") != request.after_current) {
      return ReasonError(
          absl::StatusCode::kAlreadyExists, "REQUEST_ID_REUSED",
          "request_id '" + request.request_id + "' was used before with other arguments",
          {{"request_id", request.request_id}});
    }
    return TriggerAnswer{row.String("run_id"), row.String("integration_id"), row.Bool("joined"),
                         true};
  }
  return absl::AbortedError("the request id kept changing hands");
}

}  // namespace syncline::scheduler
