// How single values of the API's messages are written in REST: times as RFC 3339 in UTC, durations
// as whole milliseconds, enums by their names; what is empty, unset or unspecified as null.
#pragma once

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <optional>
#include <string>
#include <string_view>

#include "gateway/json/json_text.h"

namespace syncline::gateway {

Json TextOrNull(const std::string& text);
Json TimeText(const google::protobuf::Timestamp& time);
Json Milliseconds(const google::protobuf::Duration& duration);

// `has` says whether `time` is set.
inline Json TimeOrNull(bool has, const google::protobuf::Timestamp& time) {
  return has ? TimeText(time) : Json(nullptr);
}

// 0 is the unspecified value of every enum of ours; `name` is protobuf's function for the rest. A
// value of a newer release, which has no name here, is null too.
template <typename Enum>
Json EnumOrNull(Enum value, const std::string& (*name)(Enum)) {
  return value == 0 ? Json(nullptr) : TextOrNull(name(value));
}

// RFC 3339; nullopt when it is not that.
std::optional<google::protobuf::Timestamp> ParseTime(std::string_view text);

}  // namespace syncline::gateway
