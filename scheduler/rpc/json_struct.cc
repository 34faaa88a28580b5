#include "scheduler/rpc/json_struct.h"

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <nlohmann/json.hpp>

#include "common/connectors/json_pointer.h"

namespace syncline::scheduler {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;
using nlohmann::json;

constexpr double kLargestExactInteger = 9007199254740992.0;  // 2^53
// Parsers of protobuf take messages up to 100 deep; a level of JSON is up to three, and the answer
// around it a few.
constexpr int kMostLevels = 30;

class ToJson {
 public:
  explicit ToJson(std::vector<FieldViolation>& violations) : violations_(violations) {}

  json Object(const Struct& value, const std::string& path) {
    json object = json::object();
    for (const auto& [key, member] : value.fields()) {
      const std::string below = path + "/" + connectors::EscapePointerToken(key);
      if (key.find('\0') != std::string::npos)
        Refuse(path, "has a member name with a NUL character");
      object[key] = Any(member, below);
    }
    return object;
  }

 private:
  json Any(const Value& value, const std::string& path) {
    switch (value.kind_case()) {
      case Value::kNumberValue:
        return Number(value.number_value(), path);
      case Value::kStringValue:
        if (value.string_value().find('\0') != std::string::npos)
          Refuse(path, "holds a NUL character");
        return value.string_value();
      case Value::kBoolValue:
        return value.bool_value();
      case Value::kStructValue:
        return Object(value.struct_value(), path);
      case Value::kListValue: {
        json list = json::array();
        for (const Value& element : value.list_value().values()) {
          list.push_back(Any(element, path + "/" + std::to_string(list.size())));
        }
        return list;
      }
      case Value::kNullValue:
      case Value::KIND_NOT_SET:
        return nullptr;
    }
    return nullptr;
  }

  json Number(double number, const std::string& path) {
    if (!std::isfinite(number)) {
      Refuse(path, "is not a number that JSON has");
      return nullptr;
    }
    if (std::trunc(number) == number && std::abs(number) <= kLargestExactInteger) {
      return static_cast<std::int64_t>(number);
    }
    return number;
  }

  void Refuse(const std::string& path, const char* why) { violations_.push_back({path, why}); }

  std::vector<FieldViolation>& violations_;
};

// `level` is that of the object or array around the value, 1 for the whole.
void SetValue(const json& from, int level, Value& to);

void SetStruct(const json& from, int level, Struct& to) {
  for (const auto& [key, member] : from.items())
    SetValue(member, level, (*to.mutable_fields())[key]);
}

void SetValue(const json& from, int level, Value& to) {
  if (from.is_structured() && level == kMostLevels) {
    to.set_string_value(from.dump());
    return;
  }
  switch (from.type()) {
    case json::value_t::object:
      SetStruct(from, level + 1, *to.mutable_struct_value());
      break;
    case json::value_t::array:
      to.mutable_list_value();
      for (const json& element : from)
        SetValue(element, level + 1, *to.mutable_list_value()->add_values());
      break;
    case json::value_t::string:
      to.set_string_value(from.get_ref<const std::string&>());
      break;
    case json::value_t::boolean:
      to.set_bool_value(from.get<bool>());
      break;
    case json::value_t::number_integer:
    case json::value_t::number_unsigned:
    case json::value_t::number_float:
      to.set_number_value(from.get<double>());
      break;
    default:
      to.set_null_value(google::protobuf::NULL_VALUE);
  }
}

// The same JSON with every number that no double holds put in quotes.
std::string QuoteHugeNumbers(std::string_view text) {
  std::string quoted;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (!in_string && (c == '-' || (c >= '0' && c <= '9'))) {
      const std::size_t end = std::min(text.find_first_not_of("+-.0123456789eE", i), text.size());
      const std::string number(text.substr(i, end - i));
      const bool huge = !std::isfinite(std::strtod(number.c_str(), nullptr));
      quoted += huge ? '"' + number + '"' : number;
      i = end;
      continue;
    }
    if (c == '"') in_string = !in_string;
    quoted.push_back(c);
    if (c == '\\' && i + 1 < text.size()) quoted.push_back(text[++i]);
    ++i;
  }
  return quoted;
}

}  // namespace

std::string StructToJson(const Struct& value, const std::string& path,
                         std::vector<FieldViolation>& violations) {
  return ToJson(violations).Object(value, path).dump();
}

Struct JsonToStruct(std::string_view text) {
  json value = json::parse(text.begin(), text.end(), nullptr, false);
  if (value.is_discarded()) value = json::parse(QuoteHugeNumbers(text), nullptr, false);
  Struct result;
  if (value.is_object()) SetStruct(value, 1, result);
  return result;
}

}  // namespace syncline::scheduler
