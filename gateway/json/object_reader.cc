#include "gateway/json/object_reader.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "common/connectors/json_pointer.h"

namespace syncline::gateway {
namespace {

constexpr double kTwoTo63 = 9223372036854775808.0;
constexpr std::size_t kLongestNameShown = 100;

const char* TypeName(const Json& value) {
  if (value.is_null()) return "null";
  if (value.is_object()) return "an object";
  if (value.is_array()) return "an array";
  if (value.is_string()) return "a string";
  return value.is_boolean() ? "a boolean" : "a number";
}

const Json& Empty() {
  static const auto* empty = new Json(Json::object());
  return *empty;
}

// 60.0 is 60, as JSON Schema has it.
std::optional<std::int64_t> Whole(const Json& value) {
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX) return std::nullopt;
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (!value.is_number_float()) return std::nullopt;
  const double number = value.get<double>();
  if (std::trunc(number) != number || std::abs(number) >= kTwoTo63) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

}  // namespace

ObjectReader::ObjectReader(const Json& object, std::string pointer, Mistakes* mistakes)
    : object_(object.is_object() ? object : Empty()),
      pointer_(std::move(pointer)),
      mistakes_(*mistakes) {
  if (!object.is_object())
    mistakes_.push_back(
        InBody(pointer_, fmt::format("must be an object, not {}", TypeName(object))));
}

std::string ObjectReader::PointerTo(const std::string& name) const {
  return pointer_ + "/" + connectors::EscapePointerToken(name);
}

void ObjectReader::Complain(const std::string& name, std::string detail) {
  mistakes_.push_back(InBody(PointerTo(name), std::move(detail)));
}

bool ObjectReader::Has(const std::string& name) {
  known_.insert(name);
  return object_.contains(name);
}

bool ObjectReader::IsNull(const std::string& name) {
  return Has(name) && object_.at(name).is_null();
}

const Json* ObjectReader::Find(const std::string& name, Need need, const char* expected) {
  if (!Has(name)) {
    if (need == Need::kRequired) Complain(name, fmt::format("is required: {}", expected));
    return nullptr;
  }
  const Json& value = object_.at(name);
  if (!value.is_null()) return &value;
  if (need != Need::kOrNull) Complain(name, fmt::format("must be {}, not null", expected));
  return nullptr;
}

std::optional<std::string> ObjectReader::Text(const std::string& name, Need need) {
  const Json* value = Find(name, need, "a string");
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) return value->get<std::string>();
  Complain(name, fmt::format("must be a string, not {}", TypeName(*value)));
  return std::nullopt;
}

std::optional<bool> ObjectReader::Boolean(const std::string& name, Need need) {
  const Json* value = Find(name, need, "true or false");
  if (value == nullptr) return std::nullopt;
  if (value->is_boolean()) return value->get<bool>();
  Complain(name, fmt::format("must be true or false, not {}", TypeName(*value)));
  return std::nullopt;
}

std::optional<std::int64_t> ObjectReader::Integer(const std::string& name, Need need,
                                                  std::int64_t low, std::int64_t high) {
  const Json* value = Find(name, need, "a whole number");
  if (value == nullptr) return std::nullopt;
  const auto number = Whole(*value);
  if (number && *number >= low && *number <= high) return number;
  const std::string given = value->is_number() ? DumpJson(*value) : TypeName(*value);
  Complain(name, fmt::format("is {}; use a whole number from {} to {}", given, low, high));
  return std::nullopt;
}

const Json* ObjectReader::Object(const std::string& name, Need need) {
  const Json* value = Find(name, need, "an object");
  if (value == nullptr || value->is_object()) return value;
  Complain(name, fmt::format("must be an object, not {}", TypeName(*value)));
  return nullptr;
}

void ObjectReader::Ignore(const std::vector<std::string>& names) {
  known_.insert(names.begin(), names.end());
}

void ObjectReader::RefuseUnknown() {
  for (const auto& member : object_.items()) {
    if (known_.contains(member.key())) continue;
    mistakes_.push_back(
        InBody(PointerTo(member.key().substr(0, kLongestNameShown)),
               fmt::format("is not a known member; known here: {}", fmt::join(known_, ", "))));
  }
}

}  // namespace syncline::gateway
