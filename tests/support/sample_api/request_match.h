// Which requests a fault or a gate is meant for.
#pragma once

#include <httplib.h>

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/statusor.h"

namespace syncline::sample_api {

// The parameters of a request: its query, and for POST /graphql the variables of its body.
// A missing "page" counts as "1".
std::map<std::string, std::string> ParametersOf(const httplib::Request& request);

// A rule's aim. Not thread-safe: its owner holds a lock.
class RequestMatch {
 public:
  // Reads "path" (exact, or a prefix that ends in "*"), "match" (parameters that must be equal),
  // "skip" (so many matching requests are let by first) and "times" (so many are caught, -1 for
  // all, the default) from a rule. INVALID_ARGUMENT when one does not have its type.
  static absl::StatusOr<RequestMatch> FromJson(const nlohmann::json& rule);

  // True when this request is caught; counts it.
  bool Catch(const std::string& path, const std::map<std::string, std::string>& parameters);

  nlohmann::json ToJson() const;

 private:
  std::string path_;
  std::map<std::string, std::string> parameters_;
  int64_t skip_ = 0;
  int64_t times_ = -1;
  int64_t caught_ = 0;
};

}  // namespace syncline::sample_api
