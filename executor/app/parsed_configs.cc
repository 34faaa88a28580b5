#include "executor/app/parsed_configs.h"

#include <utility>

#include "common/base/status_macros.h"

namespace syncline::executor {
namespace {

absl::StatusOr<std::shared_ptr<const ParsedConfig>> Parse(const std::string& json) {
  auto parsed = std::make_shared<ParsedConfig>();
  ASSIGN_OR_RETURN(parsed->config, connectors::ParseRestConfig(json));
  for (const connectors::Stream& stream : parsed->config.streams) {
    parsed->streams.push_back(
        {.name = stream.name,
         .definition_hash = connectors::DefinitionHash(parsed->config, stream),
         .snapshot = !stream.incremental.has_value()});
  }
  const connectors::RateLimit& limit = parsed->config.rate_limit;
  parsed->rate_limit = {.requests_per_second = limit.requests_per_second.value_or(0),
                        .burst = limit.burst,
                        .concurrent = limit.concurrent};
  return parsed;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const ParsedConfig>> ParsedConfigs::Get(const std::string& json) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = kept_.find(json); found != kept_.end()) return found->second;
  }
  ASSIGN_OR_RETURN(auto parsed, Parse(json));
  if (json.size() > longest_) return parsed;
  const std::lock_guard lock(mutex_);
  // Beginning anew is simple, and costs one parsing of those that are still in use.
  if (kept_.size() >= most_) kept_.clear();
  kept_[json] = parsed;
  return parsed;
}

}  // namespace syncline::executor
