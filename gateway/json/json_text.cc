#include "gateway/json/json_text.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "common/base/errors.h"
#include "common/connectors/json_pointer.h"

namespace syncline::gateway {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

constexpr std::int64_t kLargestExact = std::int64_t{1} << 53;
constexpr int kMostParsedLevels = 100;
// Parsers of protobuf take messages up to 100 deep, and a level of JSON is up to three.
constexpr int kMostStructLevels = 30;

absl::Status Malformed(const std::string& message) {
  return ReasonError(absl::StatusCode::kInvalidArgument, "MALFORMED", message);
}

// Builds the value through the library's own builder and watches what comes.
class BoundedParser final : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return builder_.null(); }
  bool boolean(bool value) override { return builder_.boolean(value); }
  bool number_integer(number_integer_t value) override { return builder_.number_integer(value); }
  bool number_unsigned(number_unsigned_t value) override { return builder_.number_unsigned(value); }
  bool number_float(number_float_t value, const string_t& text) override {
    return builder_.number_float(value, text);
  }
  bool string(string_t& value) override { return builder_.string(value); }
  bool binary(binary_t& value) override { return builder_.binary(value); }
  bool start_object(std::size_t size) override {
    names_.emplace_back();
    return Enter() && builder_.start_object(size);
  }
  bool key(string_t& name) override {
    if (!names_.back().insert(name).second)
      return Fail(fmt::format("the name \"{}\" stands twice in one object", name.substr(0, 100)));
    return builder_.key(name);
  }
  bool end_object() override {
    names_.pop_back();
    --levels_;
    return builder_.end_object();
  }
  bool start_array(std::size_t size) override { return Enter() && builder_.start_array(size); }
  bool end_array() override {
    --levels_;
    return builder_.end_array();
  }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& error) override {
    // "[json.exception.parse_error.101] parse error at line 1, column 5: syntax error …"
    const std::string text = error.what();
    const std::size_t after = text.find("] ");
    return Fail(fmt::format("the body is not JSON, at byte {}: {}", position,
                            after == std::string::npos ? text : text.substr(after + 2)));
  }

  Json Take() { return std::move(value_); }
  const std::string& problem() const { return problem_; }

 private:
  bool Enter() {
    if (++levels_ <= kMostParsedLevels) return true;
    return Fail(fmt::format("the body is nested deeper than {}", kMostParsedLevels));
  }
  bool Fail(std::string problem) {
    if (problem_.empty()) problem_ = std::move(problem);
    return false;
  }

  Json value_;
  nlohmann::detail::json_sax_dom_parser<Json> builder_{value_, false};
  std::vector<std::set<std::string>> names_;  // of the objects that are open
  int levels_ = 0;
  std::string problem_;
};

// Whether a double holds this whole number, and its neighbours are others.
bool IsExact(const Json& number) {
  if (number.is_number_unsigned())
    return number.get<std::uint64_t>() <= std::uint64_t{kLargestExact};
  const auto value = number.get<std::int64_t>();
  return value >= -kLargestExact && value <= kLargestExact;
}

class StructBuilder {
 public:
  explicit StructBuilder(Mistakes& mistakes) : mistakes_(mistakes) {}

  // `level` is the object's own, 1 for the whole.
  void Object(const Json& from, const std::string& pointer, int level, Struct& to) {
    for (const auto& [name, member] : from.items()) {
      Any(member, pointer + "/" + connectors::EscapePointerToken(name), level,
          (*to.mutable_fields())[name]);
    }
  }

 private:
  void Any(const Json& from, const std::string& pointer, int level, Value& to) {
    if (from.is_structured() && level == kMostStructLevels) {
      mistakes_.push_back(
          InBody(pointer, fmt::format("is nested deeper than {}", kMostStructLevels)));
      return;
    }
    switch (from.type()) {
      case Json::value_t::object:
        Object(from, pointer, level + 1, *to.mutable_struct_value());
        break;
      case Json::value_t::array: {
        auto& list = *to.mutable_list_value();
        for (std::size_t i = 0; i < from.size(); ++i)
          Any(from[i], pointer + "/" + std::to_string(i), level + 1, *list.add_values());
        break;
      }
      case Json::value_t::string:
        to.set_string_value(from.get_ref<const std::string&>());
        break;
      case Json::value_t::boolean:
        to.set_bool_value(from.get<bool>());
        break;
      case Json::value_t::number_integer:
      case Json::value_t::number_unsigned:
        if (!IsExact(from))
          mistakes_.push_back(InBody(pointer, "is beyond 2^53; write it as a string"));
        to.set_number_value(from.get<double>());
        break;
      case Json::value_t::number_float:
        to.set_number_value(from.get<double>());
        break;
      default:
        to.set_null_value(google::protobuf::NULL_VALUE);
    }
  }

  Mistakes& mistakes_;
};

Json FromValue(const Value& value) {
  switch (value.kind_case()) {
    case Value::kNumberValue: {
      const double number = value.number_value();
      if (std::trunc(number) == number && std::abs(number) <= static_cast<double>(kLargestExact))
        return static_cast<std::int64_t>(number);
      return number;
    }
    case Value::kStringValue:
      return value.string_value();
    case Value::kBoolValue:
      return value.bool_value();
    case Value::kStructValue:
      return FromStruct(value.struct_value());
    case Value::kListValue: {
      Json list = Json::array();
      for (const Value& element : value.list_value().values()) list.push_back(FromValue(element));
      return list;
    }
    case Value::kNullValue:
    case Value::KIND_NOT_SET:
      return nullptr;
  }
  return nullptr;
}

}  // namespace

absl::StatusOr<Json> ParseJson(std::string_view text) {
  BoundedParser parser;
  if (Json::sax_parse(text.begin(), text.end(), &parser)) return parser.Take();
  return Malformed(parser.problem());
}

std::string DumpJson(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Struct ToStruct(const Json& object, const std::string& pointer, Mistakes& mistakes) {
  Struct result;
  StructBuilder(mistakes).Object(object, pointer, 1, result);
  return result;
}

Json FromStruct(const Struct& value) {
  Json object = Json::object();
  for (const auto& [name, member] : value.fields()) object[name] = FromValue(member);
  return object;
}

void MergePatch(Json& target, const Json& patch) { target.merge_patch(patch); }

}  // namespace syncline::gateway
