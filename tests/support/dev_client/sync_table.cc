#include "tests/support/dev_client/sync_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "tests/support/dev_client/samples.h"

namespace syncline::dev_client {
namespace {

absl::Time ToTime(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

std::string State(const v1::Integration& integration) {
  if (integration.has_active_sync()) return v1::SyncStatus_Name(integration.active_sync().status());
  if (integration.status() == v1::DISABLED || integration.status() == v1::BLOCKED ||
      !integration.has_last_sync()) {
    return v1::IntegrationStatus_Name(integration.status());
  }
  return v1::SyncStatus_Name(integration.last_sync().status());
}

std::string NextSync(const v1::Integration& integration, absl::Time now) {
  if (!integration.has_next_sync_at()) return "-";
  const int64_t seconds = absl::ToInt64Seconds(ToTime(integration.next_sync_at()) - now);
  if (seconds <= 0) return "now";
  if (seconds < 60) return fmt::format("in {} s", seconds);
  if (seconds < 3600) return fmt::format("in {}:{:02} min", seconds / 60, seconds % 60);
  return fmt::format("in {}:{:02} h", seconds / 3600, seconds / 60 % 60);
}

// An active sync shows its progress, any other its outcome.
std::string Row(const v1::Integration& integration, absl::Time now) {
  const bool active = integration.has_active_sync();
  const v1::SyncCounts& counts =
      active ? integration.active_sync().counts() : integration.last_sync().counts();
  const auto& duration =
      active ? integration.active_sync().duration() : integration.last_sync().duration();
  const double seconds = static_cast<double>(duration.seconds()) + duration.nanos() / 1e9;
  return fmt::format("{:<24.24} {:<12} {:>12} {:>8.1f}s {:>8} {:>8} {:>8} {:>9} {:>8} {:>8}\n",
                     integration.name(), State(integration), NextSync(integration, now), seconds,
                     counts.fetched(), counts.created(), counts.updated(), counts.unchanged(),
                     counts.deleted(), counts.rejected());
}

// Why it failed, waits or is switched off, a line each.
std::string Notes(const v1::Integration& integration) {
  std::string text;
  const v1::LastSync& last = integration.last_sync();
  if (last.status() == v1::FAILED) {
    text += fmt::format("{}: {}: {}\n", integration.name(), v1::ErrorClass_Name(last.error_class()),
                        last.error_message());
  }
  const v1::SyncLog& active = integration.active_sync();
  if (!active.wait_detail().empty()) {
    text += fmt::format("{}: attempt {} waits: {}\n", integration.name(), active.attempt(),
                        active.wait_detail());
  }
  if (!integration.disabled_reason().empty()) {
    text +=
        fmt::format("{}: switched off: {}\n", integration.name(), integration.disabled_reason());
  }
  return text;
}

}  // namespace

std::string RenderTable(const std::vector<v1::Integration>& integrations, absl::Time now,
                        size_t row_limit) {
  std::string text = fmt::format("{:<24} {:<12} {:>12} {:>9} {:>8} {:>8} {:>8} {:>9} {:>8} {:>8}\n",
                                 "INTEGRATION", "STATUS", "NEXT SYNC", "LAST", "FETCHED", "CREATED",
                                 "UPDATED", "UNCHANGED", "DELETED", "REJECTED");
  const size_t rows = std::min(row_limit, integrations.size());
  for (size_t i = 0; i < rows; ++i) text += Row(integrations[i], now);
  if (rows < integrations.size()) {
    text += fmt::format("and {} more\n", integrations.size() - rows);
  }
  for (size_t i = 0; i < rows; ++i) {
    text += Notes(integrations[i]);
  }
  return text;
}

bool AllSamplesSucceeded(const std::vector<v1::Integration>& integrations) {
  bool any = false;
  for (const v1::Integration& integration : integrations) {
    if (!CanSucceed(integration.external_id())) continue;
    if (!integration.has_last_success_at()) return false;
    any = true;
  }
  return any;
}

}  // namespace syncline::dev_client
