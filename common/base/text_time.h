// Text forms of durations and times, shared by flags, configs and rows.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace syncline {

// "30s", "1h30m", "250ms": absl::ParseDuration, but a bare number other than 0 is refused; nullopt
// when bad.
std::optional<absl::Duration> ParseDurationText(std::string_view text);

// PostgreSQL's ISO text form in UTC ("2026-01-31 12:00:00.123456+00") and back; nullopt when it is
// not one.
std::optional<absl::Time> ParsePostgresTime(std::string_view text);
std::string FormatPostgresTime(absl::Time time);

}  // namespace syncline
