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

}  // namespace

SyncResult<PreparedRun> PrepareRun(const Assignment& assignment,
                                   const crypto::CredentialCipher& cipher, ParsedConfigs* configs) {
  if (assignment.type != connectors::IntegrationTypeName(connectors::IntegrationType::kRest)) {
    return Error(ErrorClass::kConfig,
                 fmt::format("integrations of type {} cannot be synced yet", assignment.type));
  }
  auto parsed = configs->Get(assignment.config_json);
  if (!parsed.ok()) {
    return Error(ErrorClass::kConfig,
                 "the config cannot be used: " + FirstProblem(parsed.status()));
  }
  PreparedRun run;
  run.parsed = std::move(parsed).value();
  for (const std::string& name : run.parsed->config.auth.credentials()) {
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
  return run;
}

}  // namespace syncline::executor
