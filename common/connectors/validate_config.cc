#include "common/connectors/validate_config.h"

#include <fmt/format.h>

#include <map>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "common/connectors/config_schema.h"
#include "common/connectors/header_rules.h"
#include "common/connectors/http_url.h"
#include "common/connectors/json_pointer.h"

namespace syncline::connectors {
namespace {

using nlohmann::json;
using Violations = std::vector<FieldViolation>;

constexpr int kMaxDepth = 32;

// Parses with the guards that a general parser lacks: depth, and members given twice.
std::optional<json> ParseGuarded(std::string_view text, Violations& violations) {
  std::vector<std::set<std::string>> open;  // the members seen, one set per open object
  bool too_deep = false;
  std::set<std::string> twice;
  const auto watch = [&](int depth, json::parse_event_t event, json& parsed) {
    too_deep |= depth > kMaxDepth;
    if (event == json::parse_event_t::object_start) open.emplace_back();
    if (event == json::parse_event_t::object_end) open.pop_back();
    if (event == json::parse_event_t::key &&
        !open.back().insert(parsed.get_ref<const std::string&>()).second) {
      twice.insert(parsed.get<std::string>());
    }
    return true;
  };
  json value;
  try {
    value = json::parse(text, watch);
  } catch (const json::parse_error& error) {
    violations.push_back(
        {"config", fmt::format("is not JSON; the mistake is near byte {}", error.byte)});
    return std::nullopt;
  }
  if (too_deep) {
    violations.push_back({"config", fmt::format("is nested over {} levels deep", kMaxDepth)});
    return std::nullopt;
  }
  for (const std::string& name : twice) {
    violations.push_back({"config", fmt::format("has a member \"{}\" twice in one object", name)});
  }
  return value;
}

std::optional<std::string> Text(const json& object, const char* name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  if (found == object.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

// A member when it is an object, else an empty object: the schema has already said what is wrong.
const json& Object(const json& object, const char* name) {
  static const json kEmpty = json::object();
  const auto found = object.is_object() ? object.find(name) : object.end();
  return found == object.end() || !found->is_object() ? kEmpty : *found;
}

void CheckAuth(const json& config, Violations& violations) {
  const json& auth = Object(config, "auth");
  const std::string kind = Text(auth, "kind").value_or("none");
  if (kind == "basic") {
    const bool plain = auth.contains("username");
    if (plain == auth.contains("usernameCredential")) {
      violations.push_back(
          {"config/auth/username", "exactly one of username and usernameCredential is required"});
    }
    const std::string username = Text(auth, "username").value_or("");
    if (username.find(':') != std::string::npos || !IsHeaderValue(username)) {
      violations.push_back({"config/auth/username", "must hold no colon and no control character"});
    }
  }
  if (kind != "api_key") return;
  const std::string name = Text(auth, "name").value_or("");
  if (Text(auth, "in").value_or("header") == "query") return;
  if (!name.empty() && (!IsHttpToken(name) || IsProtocolHeader(name))) {
    violations.push_back(
        {"config/auth/name", "is not a header that can carry a key; use for example X-API-Key"});
  }
}

// A header that `headers` and `auth` both set, or that `headers` has twice in different case.
void CheckHeaders(const json& config, Violations& violations) {
  const json& auth = Object(config, "auth");
  const bool by_header = Text(auth, "kind").value_or("none") == "api_key" &&
                         Text(auth, "in").value_or("header") == "header";
  const std::string auth_name = by_header ? Text(auth, "name").value_or("") : "";
  std::set<std::string> seen;
  for (const auto& header : Object(config, "headers").items()) {
    const std::string path = "config/headers/" + EscapePointerToken(header.key());
    if (!auth_name.empty() && absl::EqualsIgnoreCase(header.key(), auth_name)) {
      violations.push_back({path, "is already set by auth"});
    }
    if (!seen.insert(absl::AsciiStrToLower(header.key())).second) {
      violations.push_back({path, "is given twice; header names are the same in any case"});
    }
  }
}

// Query parameters come from path, query, pagination, incremental and auth: no name from two of
// them.
void CheckParameters(const json& config, const json& stream, const std::string& path,
                     Violations& violations) {
  std::map<std::string, std::string> owner;  // parameter → where it was set first
  const auto claim = [&](const std::string& name, const std::string& where) {
    const auto [first, fresh] = owner.emplace(name, where);
    if (!fresh) {
      violations.push_back(
          {path + where, fmt::format("sets the query parameter \"{}\", which {}{} sets too", name,
                                     path, first->second)});
    }
  };
  const std::string url_path = Text(stream, "path").value_or("");
  const size_t mark = url_path.find('?');
  const std::string path_query = mark == std::string::npos ? "" : url_path.substr(mark + 1);
  for (const std::string& name : QueryNames(path_query)) {
    if (IsSecretParameter(name)) {
      violations.push_back(
          {path + "/path",
           "carries a secret in its query: use 'auth' with kind api_key and in: query"});
    }
    owner.emplace(name, "/path");
  }
  for (const auto& parameter : Object(stream, "query").items()) {
    claim(parameter.key(), "/query/" + EscapePointerToken(parameter.key()));
  }
  const json& pagination = Object(stream, "pagination");
  const std::string kind = Text(pagination, "kind").value_or("none");
  const std::string size_param =
      Text(pagination, "sizeParam").value_or(kind == "offset" ? "limit" : "");
  const std::string page_param =
      Text(pagination, "param").value_or(kind == "page" || kind == "offset" ? kind : "");
  if (!page_param.empty()) claim(page_param, "/pagination/param");
  if (!size_param.empty()) claim(size_param, "/pagination/sizeParam");
  if (const auto param = Text(Object(stream, "incremental"), "param")) {
    claim(*param, "/incremental/param");
  }
  const json& auth = Object(config, "auth");
  if (Text(auth, "kind") == "api_key" && Text(auth, "in") == "query") {
    const auto taken = owner.find(Text(auth, "name").value_or(""));
    if (taken != owner.end()) {
      violations.push_back(
          {path + taken->second, "sets the query parameter that config/auth/name sets too"});
    }
  }
}

void CheckPagination(const json& stream, const std::string& path, Violations& violations) {
  const json& pagination = Object(stream, "pagination");
  const std::string kind = Text(pagination, "kind").value_or("none");
  if (kind == "cursor" && pagination.contains("cursor") == pagination.contains("cursorHeader")) {
    violations.push_back(
        {path + "/pagination/cursor",
         "exactly one of cursor (a place in the body) and cursorHeader is required"});
  }
  if (kind == "page" && pagination.contains("sizeParam") && !pagination.contains("size")) {
    violations.push_back({path + "/pagination/size", "is required together with sizeParam"});
  }
}

void CheckStreams(const json& config, Violations& violations) {
  const auto streams = config.is_object() ? config.find("streams") : config.end();
  if (streams == config.end() || !streams->is_array()) return;
  std::map<std::string, size_t> names;
  for (size_t i = 0; i < streams->size() && i < 100; ++i) {
    const json& stream = (*streams)[i];
    const std::string path = fmt::format("config/streams/{}", i);
    if (const auto name = Text(stream, "name")) {
      const auto [first, fresh] = names.emplace(*name, i);
      if (!fresh) {
        violations.push_back(
            {path + "/name", fmt::format("is also the name of config/streams/{}; names must differ",
                                         first->second)});
      }
    }
    CheckPagination(stream, path, violations);
    CheckParameters(config, stream, path, violations);
  }
}

void CheckRateLimit(const json& config, Violations& violations) {
  const json& limit = Object(config, "rateLimit");
  if (limit.contains("burst") && !limit.contains("requestsPerSecond")) {
    violations.push_back({"config/rateLimit/requestsPerSecond", "is required together with burst"});
  }
}

void CheckCredentials(const json& config, const std::set<std::string>& stored,
                      Violations& violations) {
  const json& auth = Object(config, "auth");
  for (const char* member : {"credential", "usernameCredential"}) {
    const auto name = Text(auth, member);
    if (!name || name->empty() || stored.count(*name) > 0) continue;
    violations.push_back(
        {std::string("config/auth/") + member,
         stored.empty()
             ? fmt::format(
                   "names the credential \"{}\", and none are stored: send it in credentials",
                   *name)
             : fmt::format("names the credential \"{}\"; stored are: {}", *name,
                           fmt::join(stored, ", "))});
  }
}

}  // namespace

std::vector<FieldViolation> CheckRestConfig(std::string_view config_json, json& config) {
  Violations violations;
  if (config_json.size() > kMaxConfigBytes) {
    return {{"config", fmt::format("is {} bytes long, at most {} are allowed", config_json.size(),
                                   kMaxConfigBytes)}};
  }
  std::optional<json> parsed = ParseGuarded(config_json, violations);
  if (!parsed) return violations;
  static const json schema = json::parse(ConfigSchemaText(IntegrationType::kRest));
  for (auto& violation : CheckAgainstSchema(schema, *parsed, "config")) {
    violations.push_back(std::move(violation));
  }
  CheckAuth(*parsed, violations);
  CheckHeaders(*parsed, violations);
  CheckRateLimit(*parsed, violations);
  CheckStreams(*parsed, violations);
  config = std::move(*parsed);
  return violations;
}

std::vector<FieldViolation> ValidateConfig(IntegrationType type, std::string_view config_json,
                                           const std::set<std::string>& credential_names) {
  if (type != IntegrationType::kRest) {
    return {
        {"type", fmt::format("{} comes in a later round; use REST", IntegrationTypeName(type))}};
  }
  json config;
  Violations violations = CheckRestConfig(config_json, config);
  CheckCredentials(config, credential_names, violations);
  return violations;
}

}  // namespace syncline::connectors
