// SyncSettings of requests, checked and decoded.
#pragma once

#include <string>

#include "scheduler/core/integration_directory.h"
#include "scheduler/rpc/field_checks.h"
#include "syncline/v1/integration.pb.h"

namespace syncline::scheduler {

// The settings of a new integration: what is unset has its default, but an unset interval beside
// other settings is manual only. `path` is where they stand in the request.
SyncSettings CheckNewSettings(const v1::Integration& integration, const std::string& path,
                              Violations& violations);

// Adds the field `name` ("sync_interval" …) of `settings` to `change`, also when it is unset: then
// its default, or for the interval manual only. False for a name that is not one of SyncSettings.
bool AddSetting(const v1::SyncSettings& settings, const std::string& name, const std::string& path,
                SettingsChange& change, Violations& violations);

// The fields that are set.
std::vector<std::string> SetFields(const v1::SyncSettings& settings);

inline constexpr const char* kSettingNames[] = {"sync_interval", "sync_enabled", "max_retries",
                                                "timeout"};

}  // namespace syncline::scheduler
