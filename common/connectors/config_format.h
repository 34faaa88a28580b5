// The formats that connector schemas name, and the guess at a misspelt name. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace syncline::connectors {

// OK when `value` has the named format (config_schema.h lists them); else a sentence that says what
// is wrong and what would be right. An unknown format is INTERNAL: a schema names what this build
// lacks.
absl::Status CheckFormat(std::string_view format, std::string_view value);

// "60s", "5m", "1h30m": 0 to 366 days; nullopt for anything else.
std::optional<absl::Duration> ParseLag(std::string_view text);

// The one of `known` that `name` most likely meant; empty when none is near.
std::string NearestName(std::string_view name, const std::vector<std::string>& known);

}  // namespace syncline::connectors
