// google.protobuf.Struct to JSON text and back. A Struct holds every number as a double: whole ones
// become integers again, so that 500 is stored as 500 and not as 500.0.
#pragma once

#include <google/protobuf/struct.pb.h>

#include <string>
#include <string_view>
#include <vector>

#include "common/base/errors.h"

namespace syncline::scheduler {

// Adds a violation for each value that JSON or PostgreSQL cannot hold, at `path` and the JSON
// Pointer below it.
std::string StructToJson(const google::protobuf::Struct& value, const std::string& path,
                         std::vector<FieldViolation>& violations);

// The Struct of a JSON object as PostgreSQL gives it back. Numbers too large for a double become
// their text, and so do objects and arrays nested deeper than 30, which clients could not parse.
google::protobuf::Struct JsonToStruct(std::string_view json);

}  // namespace syncline::scheduler
