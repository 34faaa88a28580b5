#include "scheduler/storage/integration_row.h"

#include <cstdlib>
#include <vector>

#include "common/base/errors.h"
#include "common/base/ids.h"
#include "common/base/status_macros.h"
#include "common/postgres/array.h"
#include "scheduler/storage/sync_log_row.h"
#include "scheduler_queries.h"

namespace syncline::scheduler {
namespace {

using postgres::Params;
using postgres::Result;
using postgres::Row;

// The order of integrations.last_counts.
SyncCounts ToCounts(const std::vector<std::string>& numbers) {
  std::int64_t n[8] = {};
  for (std::size_t i = 0; i < numbers.size() && i < 8; ++i) {
    n[i] = std::strtoll(numbers[i].c_str(), nullptr, 10);
  }
  return {n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7]};
}

LastSync ToLastSync(const Row& row) {
  LastSync last;
  last.log_id = row.String("last_log_id");
  last.run_id = row.String("last_run_id");
  last.status = row.String("last_status");
  last.started_at = row.Time("last_started_at");
  last.ended_at = row.Time("last_ended_at").value_or(absl::UnixEpoch());
  last.duration = absl::Milliseconds(row.Int("last_duration_ms"));
  last.counts = ToCounts(row.Array("last_counts"));
  last.error_class = row.String("last_error_class");
  last.error_message = row.String("last_error");
  return last;
}

}  // namespace

Integration ToIntegration(const Row& row) {
  Integration integration;
  integration.id = row.String("id");
  integration.external_id = row.String("external_id");
  integration.tenant_id = row.String("tenant_id");
  integration.name = row.String("name");
  integration.type = row.String("type");
  integration.config_json = row.String("config");
  integration.credential_names = row.Array("credential_names");
  integration.settings.interval.reset();
  if (!row.IsNull("sync_interval"))
    integration.settings.interval = absl::Seconds(row.Int("sync_interval"));
  integration.settings.enabled = row.Bool("sync_enabled");
  integration.settings.max_retries = static_cast<int>(row.Int("max_retries"));
  integration.settings.timeout = absl::Seconds(row.Int("timeout_seconds"));
  integration.next_sync_at = row.Time("next_sync_at");
  integration.status = row.String("status");
  integration.disabled_reason = row.String("disabled_reason");
  integration.blocked_reason = row.String("blocked_reason");
  integration.retry_count = static_cast<int>(row.Int("retry_count"));
  if (!row.IsNull("last_log_id")) integration.last_sync = ToLastSync(row);
  integration.last_success_at = row.Time("last_success_at");
  if (!row.IsNull("sync_id")) integration.active_sync = ToSyncLog(row, "sync_");
  integration.version = row.Int("version");
  integration.created_at = row.Time("created_at").value_or(absl::UnixEpoch());
  integration.updated_at = row.Time("updated_at").value_or(absl::UnixEpoch());
  return integration;
}

absl::Status NoSuchIntegration(const std::string& id) {
  return ReasonError(absl::StatusCode::kNotFound, "INTEGRATION_NOT_FOUND",
                     "no integration '" + id + "'", {{"integration_id", id}});
}

absl::StatusOr<std::string> ResolveIntegration(postgres::Connection& connection,
                                               const IntegrationRef& ref) {
  if (auto uuid = ParseUuid(ref.id)) return *uuid;
  ASSIGN_OR_RETURN(const Result rows, connection.Run(queries::kFindIntegration,
                                                     Params().Add(ref.tenant_id).Add(ref.id)));
  if (rows.empty()) return NoSuchIntegration(ref.id);
  return rows[0].String("id");
}

absl::StatusOr<Integration> ReadIntegration(postgres::Connection& connection,
                                            const std::string& tenant_id, const std::string& id) {
  ASSIGN_OR_RETURN(const Result rows,
                   connection.Run(queries::kReadIntegrations,
                                  Params().Add(tenant_id).Add(postgres::TextArray({id}))));
  if (rows.empty()) return NoSuchIntegration(id);
  return ToIntegration(rows[0]);
}

}  // namespace syncline::scheduler
