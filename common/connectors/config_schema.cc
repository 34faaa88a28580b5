#include "common/connectors/config_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "common/connectors/config_format.h"
#include "common/connectors/json_pointer.h"
#include "connector_schemas.h"

namespace syncline::connectors {
namespace {

using nlohmann::json;

std::string TypeName(const json& value) {
  if (value.is_null()) return "null";
  if (value.is_number_integer()) return "an integer";
  if (value.is_number()) return "a number";
  if (value.is_string()) return "a string";
  if (value.is_boolean()) return "a boolean";
  return value.is_array() ? "an array" : "an object";
}

bool HasType(const json& value, const std::string& type) {
  if (type == "string") return value.is_string();
  if (type == "integer") return value.is_number_integer();
  if (type == "number") return value.is_number();
  if (type == "boolean") return value.is_boolean();
  if (type == "array") return value.is_array();
  return type == "object" && value.is_object();
}

std::string WithArticle(const std::string& type) {
  return (std::string_view("aeio").find(type[0]) != std::string_view::npos ? "an " : "a ") + type;
}

class Checker {
 public:
  explicit Checker(const json& root) : root_(root) {}

  void Check(const json& given, const json& value, const std::string& path) {
    const json& schema = Resolve(given);
    if (schema.contains("allOf")) {
      for (const json& part : schema["allOf"]) Check(part, value, path);
    }
    if (schema.contains("oneOf")) {
      CheckKinds(schema, value, path);
      return;
    }
    if (schema.contains("type") && !CheckType(schema["type"], value, path)) return;
    if (schema.contains("const") && value != schema["const"]) {
      Add(path, "must be " + schema["const"].dump());
    }
    if (schema.contains("enum")) CheckEnum(schema["enum"], value, path);
    if (value.is_object()) CheckObject(schema, value, path);
    if (value.is_array()) CheckArray(schema, value, path);
    if (value.is_string()) CheckString(schema, value.get_ref<const std::string&>(), path);
    if (value.is_number()) CheckNumber(schema, value.get<double>(), path);
  }

  std::vector<FieldViolation> Take() { return std::move(violations_); }

 private:
  void Add(const std::string& path, std::string description) {
    violations_.push_back({path, std::move(description)});
  }

  const json& Resolve(const json& schema) const {
    if (!schema.contains("$ref")) return schema;
    return root_.at(json::json_pointer(schema["$ref"].get<std::string>().substr(1)));
  }

  bool CheckType(const json& types, const json& value, const std::string& path) {
    std::vector<std::string> names;
    for (const json& type : types.is_array() ? types : json::array({types})) {
      if (HasType(value, type.get<std::string>())) return true;
      names.push_back(WithArticle(type.get<std::string>()));
    }
    Add(path, fmt::format("must be {}, not {}", fmt::join(names, " or "), TypeName(value)));
    return false;
  }

  void CheckEnum(const json& choices, const json& value, const std::string& path) {
    if (std::find(choices.begin(), choices.end(), value) != choices.end()) return;
    std::vector<std::string> names;
    for (const json& choice : choices) names.push_back(choice.get<std::string>());
    Add(path, fmt::format("must be one of {}", fmt::join(names, ", ")));
  }

  // Branches of a oneOf are told apart by the constant of their "kind".
  void CheckKinds(const json& schema, const json& value, const std::string& path) {
    if (!CheckType("object", value, path)) return;
    std::vector<std::string> kinds;
    const auto given = value.find("kind");
    for (const json& branch : schema["oneOf"]) {
      const json& kind = branch["properties"]["kind"]["const"];
      if (given != value.end() && *given == kind) {
        Check(branch, value, path);
        return;
      }
      kinds.push_back(kind.get<std::string>());
    }
    const std::string known = fmt::format("one of {}", fmt::join(kinds, ", "));
    if (given == value.end()) {
      Add(path + "/kind", "is required: " + known);
      return;
    }
    const json reserved = schema.value("x-reserved", json::array());
    if (std::find(reserved.begin(), reserved.end(), *given) != reserved.end()) {
      Add(path + "/kind", fmt::format("{} is not available yet; use {}", given->dump(), known));
      return;
    }
    const std::string near =
        given->is_string() ? NearestName(given->get_ref<const std::string&>(), kinds) : "";
    Add(path + "/kind", "must be " + known + (near.empty() ? "" : "; did you mean " + near + "?"));
  }

  void CheckObject(const json& schema, const json& value, const std::string& path) {
    static const json kNone = json::object();
    const auto found = schema.find("properties");
    const json& properties = found == schema.end() ? kNone : *found;
    if (schema.contains("required")) {
      for (const json& name : schema["required"]) {
        const auto& key = name.get_ref<const std::string&>();
        if (value.contains(key)) continue;
        const json& missing = Resolve(properties[key]);
        Add(fmt::format("{}/{}", path, key),
            "is required: " + missing.value("description", std::string("")));
      }
    }
    if (value.size() < schema.value("minProperties", size_t{0})) Add(path, "must not be empty");
    if (value.size() > schema.value("maxProperties", value.size())) {
      Add(path, fmt::format("has {} members, at most {} are allowed", value.size(),
                            schema["maxProperties"].get<size_t>()));
    }
    for (const auto& [key, member] : value.items()) {
      const std::string member_path = path + "/" + EscapePointerToken(key);
      if (properties.contains(key)) {
        Check(properties[key], member, member_path);
      } else if (!schema.contains("additionalProperties") ||
                 schema["additionalProperties"] == false) {
        AddUnknown(properties, key, member_path);
      } else {
        if (schema.contains("propertyNames")) Check(schema["propertyNames"], key, member_path);
        Check(schema["additionalProperties"], member, member_path);
      }
    }
  }

  void AddUnknown(const json& properties, const std::string& key, const std::string& path) {
    std::vector<std::string> known;
    for (const auto& property : properties.items()) known.push_back(property.key());
    const std::string near = NearestName(key, known);
    Add(path, near.empty()
                  ? fmt::format("is not a known setting; known here: {}", fmt::join(known, ", "))
                  : fmt::format("is not a known setting; did you mean {}?", near));
  }

  void CheckArray(const json& schema, const json& value, const std::string& path) {
    if (value.size() < schema.value("minItems", size_t{0})) {
      Add(path, fmt::format("needs at least {}", schema["minItems"].get<size_t>()));
    }
    const size_t most = schema.value("maxItems", value.size());
    if (value.size() > most) {
      Add(path, fmt::format("has {} items, at most {} are allowed", value.size(), most));
    }
    for (size_t i = 0; i < std::min(value.size(), most); ++i) {
      const std::string item_path = fmt::format("{}/{}", path, i);
      if (schema.contains("items")) Check(schema["items"], value[i], item_path);
      if (schema.value("uniqueItems", false) &&
          std::find(value.begin(), value.begin() + static_cast<long>(i), value[i]) !=
              value.begin() + static_cast<long>(i)) {
        Add(item_path, "is given twice");
      }
    }
  }

  void CheckString(const json& schema, const std::string& value, const std::string& path) {
    if (value.size() < schema.value("minLength", size_t{0})) {
      Add(path, "must not be empty");
      return;
    }
    if (value.size() > schema.value("maxLength", value.size())) {
      Add(path, fmt::format("is longer than {} bytes", schema["maxLength"].get<size_t>()));
      return;
    }
    if (schema.contains("format")) {
      const absl::Status status = CheckFormat(schema["format"].get<std::string>(), value);
      if (!status.ok()) Add(path, std::string(status.message()));
    }
  }

  void CheckNumber(const json& schema, double value, const std::string& path) {
    if (schema.contains("minimum") && value < schema["minimum"].get<double>()) {
      Add(path, fmt::format("must be at least {}", schema["minimum"].dump()));
    }
    if (schema.contains("exclusiveMinimum") && value <= schema["exclusiveMinimum"].get<double>()) {
      Add(path, fmt::format("must be over {}", schema["exclusiveMinimum"].dump()));
    }
    if (schema.contains("maximum") && value > schema["maximum"].get<double>()) {
      Add(path, fmt::format("must be at most {}", schema["maximum"].dump()));
    }
  }

  const json& root_;  // outlives the checker
  std::vector<FieldViolation> violations_;
};

}  // namespace

std::string_view ConfigSchemaText(IntegrationType type) {
  return type == IntegrationType::kRest ? schemas::kRestConfig : std::string_view();
}

std::vector<FieldViolation> CheckAgainstSchema(const json& schema, const json& value,
                                               std::string_view path) {
  Checker checker(schema);
  checker.Check(schema, value, std::string(path));
  return checker.Take();
}

}  // namespace syncline::connectors
