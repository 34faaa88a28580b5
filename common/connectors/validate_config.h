// Judges a connector config when it is saved.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "common/base/errors.h"
#include "common/connectors/integration_type.h"

namespace syncline::connectors {

inline constexpr size_t kMaxConfigBytes = size_t{256} * 1024;

// Every bad field at once, by paths such as "config/streams/0/key/1" (RFC 6901 below "config";
// "type" when the type itself is not available), each with what is wrong and what would be right.
// Empty: the config can be run. `credential_names`: what is stored beside it. Messages hold no
// values of headers or queries. Pure; any thread.
std::vector<FieldViolation> ValidateConfig(IntegrationType type, std::string_view config_json,
                                           const std::set<std::string>& credential_names);

// The same for a REST config without the question of credentials, and the parsed JSON when it has
// no violation.
std::vector<FieldViolation> CheckRestConfig(std::string_view config_json, nlohmann::json& config);

}  // namespace syncline::connectors
