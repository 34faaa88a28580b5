#include "executor/app/run_preparation.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "common/base/errors.h"
#include "common/connectors/integration_type.h"

namespace syncline::executor {
namespace {

SyncError Error(ErrorClass cls, std::string message) {
  SyncError error;
  error.cls = cls;
  error.message = std::move(message);
  return error;
}

std::string FirstProblem(const absl::Status& status) {
  const std::vector<FieldViolation> fields = FieldsOf(status);
  if (fields.empty()) return std::string(status.message());
  return fields.front().field + ": " + fields.front().description;
}

RateLimit LimitOf(const connectors::RateLimit& limit) {
  return {.requests_per_second = limit.requests_per_second.value_or(0),
          .burst = limit.burst,
          .concurrent = limit.concurrent};
}

}  // namespace

SyncResult<PreparedRun> PrepareRun(const Assignment& assignment,
                                   const crypto::CredentialCipher& cipher) {
  if (assignment.type != connectors::IntegrationTypeName(connectors::IntegrationType::kRest)) {
    return Error(ErrorClass::kConfig,
                 fmt::format("integrations of type {} cannot be synced yet", assignment.type));
  }
  auto config = connectors::ParseRestConfig(assignment.config_json);
  if (!config.ok()) {
    return Error(ErrorClass::kConfig,
                 "the config cannot be used: " + FirstProblem(config.status()));
  }
  PreparedRun run;
  run.config = std::move(config).value();
  for (const std::string& name : run.config.auth.credentials()) {
    const auto sealed = assignment.sealed_credentials.find(name);
    if (sealed == assignment.sealed_credentials.end()) {
      return Error(ErrorClass::kConfig,
                   fmt::format("the credential \"{}\" that the config names is not stored", name));
    }
    const auto opened = cipher.Open(assignment.key.integration_id, name, sealed->second);
    if (!opened.ok()) {
      return Error(ErrorClass::kInternal,
                   fmt::format("the credential \"{}\" cannot be opened: {}", name,
                               std::string(opened.status().message())));
    }
    run.credentials[name] = std::string(opened->Reveal());
  }
  for (const connectors::Stream& stream : run.config.streams) {
    run.streams.push_back({.name = stream.name,
                           .definition_hash = connectors::DefinitionHash(run.config, stream),
                           .snapshot = !stream.incremental.has_value()});
  }
  run.rate_limit = LimitOf(run.config.rate_limit);
  return run;
}

}  // namespace syncline::executor
