#include "scheduler/storage/trigger_store.h"

#include "common/base/errors.h"
#include "common/base/ids.h"
#include "common/base/status_macros.h"
#include "common/postgres/array.h"
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

void AddSlot(const std::optional<TriggerSlot>& slot, Params& params) {
  if (!slot) {
    for (int i = 0; i < 4; ++i) params.AddNull();
    return;
  }
  params.Add(slot->slot.process_id)
      .Add(slot->slot.executor_name)
      .Add(postgres::TextArray(slot->types))
      .Add(absl::ToInt64Milliseconds(slot->dispatch_limit));
}

// A run that has just begun: its first attempt, and nothing of it is done.
ClaimedRun ToClaimed(const postgres::Row& row, const std::string& tenant_id,
                     const TriggerSlot& slot) {
  ClaimedRun run;
  run.integration_id = row.String("integration_id");
  run.log_id = run.run_id = row.String("run_id");
  run.tenant_id = tenant_id;
  run.trigger = "MANUAL";
  run.fence = row.String("fence");
  run.process_id = slot.slot.process_id;
  run.type = row.String("type");
  run.epoch = row.Int("epoch");
  run.remaining = absl::Milliseconds(row.Int("remaining_ms"));
  return run;
}

}  // namespace

absl::StatusOr<TriggerAnswer> TriggerStore::Trigger(const TriggerRequest& request,
                                                    const std::optional<TriggerSlot>& slot) {
  const std::optional<std::string> uuid = ParseUuid(request.integration_id);
  for (int tries = 0; tries < kTries; ++tries) {
    Params params;
    params.Add(request.tenant_id).AddOptional(uuid);
    if (uuid) {
      params.AddNull();
    } else {
      params.Add(request.integration_id);
    }
    Params all = params;
    AddSlot(slot, all.Add(request.request_id).Add(request.after_current));
    auto made = pool_.Run(queries::kTriggerRun, all);
    if (made.ok()) {
      if (made->empty()) return NotFound(request);
      const postgres::Row row = (*made)[0];
      if (row.Text("type") == "MANUAL") {
        return ReasonError(absl::StatusCode::kFailedPrecondition, "MANUAL_INTEGRATION",
                           "a MANUAL integration has no remote to sync from; its records are "
                           "written through the API");
      }
      TriggerAnswer answer{row.String("run_id"), row.String("integration_id"), row.Bool("joined")};
      if (row.IsNull("fence")) return answer;
      answer.claimed = ToClaimed(row, request.tenant_id, *slot);
      answer.equipped = row.Bool("equipped");
      for (const postgres::Row part : *made) {
        if (part.IsNull("name")) {
          answer.claimed->config_json = part.String("config");
        } else {
          AddEquipment(part, *answer.claimed);
        }
      }
      return answer;
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
