#include "scheduler/rpc/integration_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/base/errors.h"
#include "common/base/ids.h"
#include "common/base/status_macros.h"
#include "common/connectors/integration_type.h"
#include "scheduler/rpc/field_checks.h"
#include "scheduler/rpc/integration_validation.h"
#include "scheduler/rpc/json_struct.h"

namespace syncline::scheduler {
namespace {

using internal::v1::Check;

constexpr std::size_t kMostNamesShown = 10;

absl::Status ManualIntegration() {
  return ReasonError(absl::StatusCode::kFailedPrecondition, "MANUAL_INTEGRATION",
                     "a manual integration has no remote to check; its records are written "
                     "through the API");
}

// Whatever is readable: a config that breaks other rules has violations of its own.
std::vector<std::string> StreamNames(const std::string& config_json) {
  std::vector<std::string> names;
  const nlohmann::json config = nlohmann::json::parse(config_json, nullptr, false);
  if (!config.is_object() || !config.contains("streams")) return names;
  const nlohmann::json& streams = config.at("streams");
  if (!streams.is_array()) return names;
  for (const nlohmann::json& stream : streams) {
    if (stream.is_object() && stream.contains("name") && stream.at("name").is_string())
      names.push_back(stream.at("name").get<std::string>());
  }
  return names;
}

// The stream to fetch.
std::string ChooseStream(const std::string& config_json, const std::string& wanted,
                         Violations& violations) {
  std::vector<std::string> names = StreamNames(config_json);
  if (names.empty()) return wanted;
  if (wanted.empty()) return names.front();
  if (std::find(names.begin(), names.end(), wanted) == names.end()) {
    if (names.size() > kMostNamesShown) names.resize(kMostNamesShown);
    violations.push_back({"stream", fmt::format("is not a stream of this integration; it has {}",
                                                fmt::join(names, ", "))});
  }
  return wanted;
}

Check NewCheck() {
  Check check;
  check.set_check_id(NewRandomUuid());
  return check;
}

void SetCredentials(const std::map<std::string, std::string>& sealed, Check& check) {
  check.mutable_sealed_credentials()->insert(sealed.begin(), sealed.end());
}

absl::StatusOr<Check> OfSaved(const v1::CheckIntegrationRequest& request,
                              IntegrationDirectory& directory) {
  Violations violations;
  const IntegrationRef ref = CheckRef(request.tenant_id(), request.integration_id(), violations);
  RETURN_IF_ERROR(ToStatus(violations));
  ASSIGN_OR_RETURN(const IntegrationConnection found, directory.GetConnection(ref));
  if (found.type == connectors::IntegrationTypeName(connectors::IntegrationType::kManual))
    return ManualIntegration();
  Check check = NewCheck();
  check.set_owner_id(found.id);
  check.set_tenant_id(ref.tenant_id);
  check.set_type(found.type);
  check.set_config_json(found.config_json);
  check.set_stream(ChooseStream(found.config_json, request.stream(), violations));
  SetCredentials(found.sealed_credentials, check);
  RETURN_IF_ERROR(ToStatus(violations));
  return check;
}

absl::StatusOr<Check> OfUnsaved(const v1::CheckIntegrationRequest& request,
                                const crypto::CredentialCipher& cipher) {
  const v1::Integration& given = request.integration();
  if (given.type() == v1::MANUAL) return ManualIntegration();
  Violations violations;
  CheckTenant(request.tenant_id(), "tenant_id", violations);
  const bool two_tenants = !request.tenant_id().empty() && !given.tenant_id().empty() &&
                           request.tenant_id() != given.tenant_id();
  if (two_tenants)
    violations.push_back({"tenant_id", "is not integration.tenant_id; leave one of them empty"});
  if (!given.name().empty()) CheckName(given.name(), violations);
  const NewIntegration integration = DecodeNew(given, cipher, violations);
  Check check = NewCheck();
  check.set_owner_id(check.check_id());
  check.set_tenant_id(given.tenant_id().empty() ? request.tenant_id() : given.tenant_id());
  check.set_type(integration.type);
  check.set_config_json(integration.config_json);
  check.set_stream(ChooseStream(integration.config_json, request.stream(), violations));
  RETURN_IF_ERROR(ToStatus(violations));
  if (integration.seal != nullptr) {
    ASSIGN_OR_RETURN(const auto sealed, integration.seal(check.owner_id()));
    SetCredentials(sealed, check);
  }
  return check;
}

}  // namespace

absl::StatusOr<Check> MakeCheck(const v1::CheckIntegrationRequest& request,
                                IntegrationDirectory& directory,
                                const crypto::CredentialCipher& cipher) {
  switch (request.target_case()) {
    case v1::CheckIntegrationRequest::kIntegrationId:
      return OfSaved(request, directory);
    case v1::CheckIntegrationRequest::kIntegration:
      return OfUnsaved(request, cipher);
    case v1::CheckIntegrationRequest::TARGET_NOT_SET:
      break;
  }
  Violations violations = {
      {"integration_id", "is required, or integration for one that is not saved"}};
  CheckTenant(request.tenant_id(), "tenant_id", violations);
  return ToStatus(violations);
}

void ToProto(const internal::v1::CheckedPage& page, v1::CheckIntegrationResponse& response) {
  response.set_ok(page.error_class().empty());
  if (!response.ok()) {
    v1::ErrorClass error_class = v1::INTERNAL;  // of a class that only a newer release knows
    v1::ErrorClass_Parse(page.error_class(), &error_class);
    response.set_error_class(error_class);
    response.set_error_message(page.error_message());
  }
  response.set_http_status(page.http_status());
  *response.mutable_latency() = page.latency();
  for (const std::string& record : page.records_json())
    *response.add_records() = JsonToStruct(record);
  response.set_fetched(page.fetched());
  response.set_rejected(page.rejected());
}

absl::Status CheckTimedOut(absl::Duration limit) {
  return ReasonError(absl::StatusCode::kDeadlineExceeded, "CHECK_TIMED_OUT",
                     fmt::format("the executor did not answer within {} s; it may have died: try "
                                 "again",
                                 absl::ToInt64Seconds(limit)));
}

}  // namespace syncline::scheduler
