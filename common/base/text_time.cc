#include "common/base/text_time.h"

namespace syncline {

std::optional<absl::Duration> ParseDurationText(std::string_view text) {
  absl::Duration duration;
  if (!absl::ParseDuration(absl::string_view(text.data(), text.size()), &duration)) {
    return std::nullopt;
  }
  return duration;
}

std::optional<absl::Time> ParsePostgresTime(std::string_view text) {
  // The session's time zone is UTC, so the offset is always "+00", which absl wants as "+00:00".
  if (text.size() < 22 || text.substr(text.size() - 3) != "+00") return std::nullopt;
  absl::Time time;
  std::string error;
  if (!absl::ParseTime("%Y-%m-%d %H:%M:%E*S", std::string(text.substr(0, text.size() - 3)), &time,
                       &error)) {
    return std::nullopt;
  }
  return time;
}

std::string FormatPostgresTime(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%E6S+00", time, absl::UTCTimeZone());
}

}  // namespace syncline
