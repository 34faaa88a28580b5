#include <fmt/format.h>

#include "common/base/errors.h"
#include "common/base/ids.h"
#include "common/base/status_macros.h"
#include "scheduler/storage/cancellation.h"
#include "scheduler/storage/credential_rows.h"
#include "scheduler/storage/integration_row.h"
#include "scheduler/storage/integration_store.h"
#include "scheduler_queries.h"

namespace syncline::scheduler {
namespace {

using postgres::Connection;
using postgres::Params;
using postgres::Result;
using postgres::Row;

constexpr char kUniqueViolation[] = "23505";
constexpr char kDeletedMessage[] = "the integration was deleted";
constexpr char kDisabledMessage[] = "the integration was disabled";

struct LockedIntegration {
  std::string id, type, config_json;
  std::int64_t version = 0;
};

absl::StatusOr<LockedIntegration> Lock(Connection& connection, const IntegrationRef& ref) {
  const auto uuid = ParseUuid(ref.id);
  Params params;
  params.Add(ref.tenant_id).AddOptional(uuid).AddNonEmpty(uuid ? std::string() : ref.id);
  ASSIGN_OR_RETURN(const Result rows, connection.Run(queries::kLockIntegration, params));
  if (rows.empty()) return NoSuchIntegration(ref.id);
  return LockedIntegration{rows[0].String("id"), rows[0].String("type"), rows[0].String("config"),
                           rows[0].Int("version")};
}

absl::Status CheckDraft(Connection& connection, const LockedIntegration& locked,
                        const IntegrationChange& change) {
  if (change.check == nullptr) return absl::OkStatus();
  IntegrationDraft draft{locked.type, change.config_json.value_or(locked.config_json), {}};
  if (change.credential_names) {
    draft.credential_names = *change.credential_names;
  } else if (change.config_json) {
    ASSIGN_OR_RETURN(const Result names,
                     connection.Run(queries::kReadCredentialNames, Params().Add(locked.id)));
    for (const Row row : names) draft.credential_names.push_back(row.String("name"));
  }
  return change.check(draft);
}

absl::Status CheckVersion(const LockedIntegration& locked, std::int64_t version) {
  if (version == 0 || version == locked.version) return absl::OkStatus();
  return ReasonError(absl::StatusCode::kAborted, "VERSION_MISMATCH",
                     fmt::format("the integration has version {}, not {}: read it and decide again",
                                 locked.version, version),
                     {{"version", std::to_string(locked.version)}});
}

std::optional<std::int64_t> WholeSeconds(const std::optional<absl::Duration>& duration) {
  if (!duration) return std::nullopt;
  return absl::ToInt64Seconds(*duration);
}

Params ChangeParams(const std::string& id, const IntegrationChange& change) {
  const SettingsChange& settings = change.settings;
  Params params;
  params.Add(id)
      .AddOptional(change.name)
      .Add(change.external_id.has_value())
      .AddNonEmpty(change.external_id.value_or(""))
      .AddOptional(change.config_json)
      .Add(change.seal != nullptr)
      .Add(settings.interval.has_value())
      .AddOptional(WholeSeconds(settings.interval.value_or(std::nullopt)))
      .AddOptional(settings.enabled)
      .AddOptional(settings.max_retries)
      .AddOptional(WholeSeconds(settings.timeout));
  return params;
}

}  // namespace

absl::StatusOr<Integration> IntegrationStore::Change(const IntegrationRef& ref,
                                                     const IntegrationChange& change) {
  Integration changed;
  std::vector<DroppedClaim> dropped;
  const absl::Status status = pool_.InTransaction([&](Connection& connection) -> absl::Status {
    ASSIGN_OR_RETURN(const LockedIntegration locked, Lock(connection, ref));
    RETURN_IF_ERROR(CheckDraft(connection, locked, change));
    RETURN_IF_ERROR(CheckVersion(locked, change.version));
    RETURN_IF_ERROR(
        connection.Run(queries::kChangeIntegration, ChangeParams(locked.id, change)).status());
    if (change.seal != nullptr)
      RETURN_IF_ERROR(ReplaceCredentials(connection, locked.id, change.seal));
    if (change.config_json || change.seal != nullptr) {
      ASSIGN_OR_RETURN(const Result taken,
                       connection.Run(queries::kRestartRun,
                                      Params().Add(locked.id).Add(change.config_json.has_value())));
      AddDropped(taken, dropped);
    }
    if (change.settings.enabled == false) {
      ASSIGN_OR_RETURN(const Result closed,
                       CloseRuns(connection, locked.id, kDisabledMessage, Closing::kDisable));
      AddDropped(closed, dropped);
    }
    ASSIGN_OR_RETURN(changed, ReadIntegration(connection, ref.tenant_id, locked.id));
    return absl::OkStatus();
  });
  if (SqlStateOf(status) == kUniqueViolation && change.external_id)
    return ExternalIdTaken(*change.external_id);
  if (!status.ok()) return status;
  TellDropped(dropped);
  return changed;
}

absl::Status IntegrationStore::Delete(const IntegrationRef& ref, std::int64_t version) {
  std::vector<DroppedClaim> dropped;
  const absl::Status status = pool_.InTransaction([&](Connection& connection) -> absl::Status {
    ASSIGN_OR_RETURN(const LockedIntegration locked, Lock(connection, ref));
    RETURN_IF_ERROR(CheckVersion(locked, version));
    ASSIGN_OR_RETURN(const Result closed,
                     CloseRuns(connection, locked.id, kDeletedMessage, Closing::kDelete));
    AddDropped(closed, dropped);
    return connection.Run(queries::kDeleteIntegration, Params().Add(locked.id)).status();
  });
  if (status.ok()) TellDropped(dropped);
  return status;
}

void IntegrationStore::TellDropped(const std::vector<DroppedClaim>& dropped) const {
  if (on_dropped_ != nullptr && !dropped.empty()) on_dropped_(dropped);
}

absl::StatusOr<bool> IntegrationStore::PurgeDeleted(std::int64_t batch) {
  ASSIGN_OR_RETURN(const Result rows, pool_.Run(queries::kPurgeDeleted, Params().Add(batch)));
  return rows[0].Int("integrations") > 0;
}

}  // namespace syncline::scheduler
