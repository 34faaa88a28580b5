#include "tests/support/sample_api/request_match.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/match.h"

namespace syncline::sample_api {
namespace {

using nlohmann::json;

std::string ScalarText(const json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

bool PathMatches(const std::string& pattern, const std::string& path) {
  if (!pattern.empty() && pattern.back() == '*') {
    return absl::StartsWith(path, pattern.substr(0, pattern.size() - 1));
  }
  return pattern == path;
}

}  // namespace

std::map<std::string, std::string> ParametersOf(const httplib::Request& request) {
  std::map<std::string, std::string> parameters;
  for (const auto& [name, value] : request.params) parameters[name] = value;
  if (request.path == "/graphql") {
    const json body = json::parse(request.body, nullptr, /*allow_exceptions=*/false);
    if (body.is_object() && body.contains("variables") && body["variables"].is_object()) {
      for (const auto& [name, value] : body["variables"].items()) {
        parameters[name] = ScalarText(value);
      }
    }
  }
  parameters.emplace("page", "1");
  return parameters;
}

absl::StatusOr<RequestMatch> RequestMatch::FromJson(const json& rule) {
  RequestMatch match;
  if (!rule.is_object() || !rule.contains("path") || !rule["path"].is_string()) {
    return absl::InvalidArgumentError("a rule is an object with a \"path\"");
  }
  match.path_ = rule["path"].get<std::string>();
  const json parameters = rule.value("match", json::object());
  if (!parameters.is_object()) return absl::InvalidArgumentError("\"match\" is not an object");
  for (const auto& [name, value] : parameters.items()) {
    match.parameters_[name] = ScalarText(value);
  }
  const json skip = rule.value("skip", json(0));
  const json times = rule.value("times", json(-1));
  if (!skip.is_number_integer() || !times.is_number_integer()) {
    return absl::InvalidArgumentError("\"skip\" and \"times\" are whole numbers");
  }
  match.skip_ = skip.get<int64_t>();
  match.times_ = times.get<int64_t>();
  return match;
}

bool RequestMatch::Catch(const std::string& path,
                         const std::map<std::string, std::string>& parameters) {
  if (times_ == 0 || !PathMatches(path_, path)) return false;
  const bool equal = std::all_of(parameters_.begin(), parameters_.end(), [&](const auto& wanted) {
    const auto found = parameters.find(wanted.first);
    return found != parameters.end() && found->second == wanted.second;
  });
  if (!equal) return false;
  if (skip_ > 0) {
    --skip_;
    return false;
  }
  if (times_ > 0) --times_;
  ++caught_;
  return true;
}

json RequestMatch::ToJson() const {
  return {{"path", path_},
          {"match", parameters_},
          {"skip", skip_},
          {"times", times_},
          {"caught", caught_}};
}

}  // namespace syncline::sample_api
