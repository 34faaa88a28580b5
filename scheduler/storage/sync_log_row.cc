#include "scheduler/storage/sync_log_row.h"

#include <string>

namespace syncline::scheduler {

SyncLog ToSyncLog(const postgres::Row& row, std::string_view prefix) {
  std::string name;
  const auto column = [&](std::string_view suffix) -> std::string_view {
    name.assign(prefix).append(suffix);
    return name;
  };
  SyncLog log;
  log.id = row.String(column("id"));
  log.run_id = row.String(column("run_id"));
  log.integration_id = row.String(column("integration_id"));
  log.tenant_id = row.String(column("tenant_id"));
  log.status = row.String(column("status"));
  log.trigger = row.String(column("trigger"));
  log.attempt = static_cast<int>(row.Int(column("attempt")));
  log.created_at = row.Time(column("created_at")).value_or(absl::UnixEpoch());
  log.started_at = row.Time(column("started_at"));
  log.ended_at = row.Time(column("ended_at"));
  log.duration = absl::Milliseconds(row.Int(column("duration_ms")));
  log.counts.fetched = row.Int(column("fetched"));
  log.counts.created = row.Int(column("created"));
  log.counts.updated = row.Int(column("updated"));
  log.counts.unchanged = row.Int(column("unchanged"));
  log.counts.deleted = row.Int(column("deleted"));
  log.counts.rejected = row.Int(column("rejected"));
  log.counts.pages = row.Int(column("pages"));
  log.counts.takeovers = row.Int(column("takeovers"));
  log.rejected_reasons = row.Array(column("rejected_reasons"));
  log.error_class = row.String(column("error_class"));
  log.error_message = row.String(column("error_message"));
  log.http_status = static_cast<int>(row.Int(column("http_status")));
  log.executor = row.String(column("executor"));
  log.epoch = row.Int(column("epoch"));
  log.wait_reason = row.String(column("wait_reason"));
  log.wait_detail = row.String(column("wait_detail"));
  log.wait_until = row.Time(column("wait_until"));
  return log;
}

}  // namespace syncline::scheduler
