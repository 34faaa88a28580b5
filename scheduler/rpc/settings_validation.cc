#include "scheduler/rpc/settings_validation.h"

#include <fmt/format.h>

namespace syncline::scheduler {
namespace {

std::optional<absl::Duration> CheckInterval(const v1::SyncSettings& settings,
                                            const std::string& path, Violations& violations) {
  if (!settings.has_sync_interval()) return std::nullopt;
  return CheckSeconds(settings.sync_interval(), path + ".sync_interval", kShortestInterval,
                      kLongestInterval, ", or leave it out for manual only", violations);
}

int CheckMaxRetries(const v1::SyncSettings& settings, const std::string& path,
                    Violations& violations) {
  if (!settings.has_max_retries()) return kDefaultMaxRetries;
  if (settings.max_retries() < 0 || settings.max_retries() > kMostRetries) {
    violations.push_back({path + ".max_retries",
                          fmt::format("is {}; use 0 to {}", settings.max_retries(), kMostRetries)});
  }
  return settings.max_retries();
}

absl::Duration CheckTimeout(const v1::SyncSettings& settings, const std::string& path,
                            Violations& violations) {
  if (!settings.has_timeout()) return kDefaultTimeout;
  return CheckSeconds(settings.timeout(), path + ".timeout", kShortestTimeout, kLongestTimeout, "",
                      violations)
      .value_or(kDefaultTimeout);
}

}  // namespace

SyncSettings CheckNewSettings(const v1::Integration& integration, const std::string& path,
                              Violations& violations) {
  if (!integration.has_sync_settings()) return {};
  const v1::SyncSettings& given = integration.sync_settings();
  SyncSettings settings;
  settings.interval = CheckInterval(given, path, violations);
  settings.enabled = !given.has_sync_enabled() || given.sync_enabled();
  settings.max_retries = CheckMaxRetries(given, path, violations);
  settings.timeout = CheckTimeout(given, path, violations);
  return settings;
}

bool AddSetting(const v1::SyncSettings& settings, const std::string& name, const std::string& path,
                SettingsChange& change, Violations& violations) {
  if (name == "sync_interval") {
    change.interval = CheckInterval(settings, path, violations);
  } else if (name == "sync_enabled") {
    change.enabled = !settings.has_sync_enabled() || settings.sync_enabled();
  } else if (name == "max_retries") {
    change.max_retries = CheckMaxRetries(settings, path, violations);
  } else if (name == "timeout") {
    change.timeout = CheckTimeout(settings, path, violations);
  } else {
    return false;
  }
  return true;
}

std::vector<std::string> SetFields(const v1::SyncSettings& settings) {
  std::vector<std::string> names;
  if (settings.has_sync_interval()) names.emplace_back("sync_interval");
  if (settings.has_sync_enabled()) names.emplace_back("sync_enabled");
  if (settings.has_max_retries()) names.emplace_back("max_retries");
  if (settings.has_timeout()) names.emplace_back("timeout");
  return names;
}

}  // namespace syncline::scheduler
