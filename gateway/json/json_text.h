// JSON text from outside: parsed within bounds, and with names that stand for one value each.
#pragma once

#include <google/protobuf/struct.pb.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "gateway/json/mistakes.h"

namespace syncline::gateway {

using Json = nlohmann::json;

// INVALID_ARGUMENT, reason MALFORMED, with where and why: not JSON, not UTF-8, nested deeper than
// 100, or an object that has a name twice (readers differ in which of the two counts).
absl::StatusOr<Json> ParseJson(std::string_view text);

// The text form. What is not UTF-8 is replaced.
std::string DumpJson(const Json& value);

// A Struct of an object. Adds a mistake, at `pointer` and below, for each number that a Struct
// cannot hold exactly, and for objects and arrays nested deeper than 30.
google::protobuf::Struct ToStruct(const Json& object, const std::string& pointer,
                                  Mistakes& mistakes);

// The reverse; whole numbers are written as such.
Json FromStruct(const google::protobuf::Struct& value);

// RFC 7396. `patch` as ParseJson gives it.
void MergePatch(Json& target, const Json& patch);

}  // namespace syncline::gateway
