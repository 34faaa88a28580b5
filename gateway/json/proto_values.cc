#include "gateway/json/proto_values.h"

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/rpc/proto_time.h"

namespace syncline::gateway {

Json TextOrNull(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json TimeText(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", rpc::FromProto(time), absl::UTCTimeZone());
}

Json Milliseconds(const google::protobuf::Duration& duration) {
  return absl::ToInt64Milliseconds(rpc::FromProto(duration));
}

std::optional<google::protobuf::Timestamp> ParseTime(std::string_view text) {
  // Abseil reads "infinite-future" too, and takes a time without a zone for UTC.
  const bool begins_with_year = !text.empty() && text.front() >= '0' && text.front() <= '9';
  absl::Time time;
  if (!begins_with_year ||
      !absl::ParseTime(absl::RFC3339_full, absl::string_view(text.data(), text.size()), &time,
                       nullptr)) {
    return std::nullopt;
  }
  return rpc::ToProto(time);
}

}  // namespace syncline::gateway
