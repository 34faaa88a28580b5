#include "scheduler/rpc/integration_validation.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "absl/strings/escaping.h"
#include "common/base/ids.h"
#include "common/base/status_macros.h"
#include "common/connectors/validate_config.h"
#include "scheduler/rpc/field_checks.h"
#include "scheduler/rpc/json_struct.h"
#include "scheduler/rpc/settings_validation.h"

namespace syncline::scheduler {
namespace {

using CredentialMap = google::protobuf::Map<std::string, std::string>;

constexpr int kMostNameCharacters = 200;
constexpr int kMostExternalIdCharacters = 200;
constexpr std::size_t kMostCredentials = 20;
constexpr std::size_t kMostCredentialNameBytes = 64;
constexpr std::size_t kMostCredentialBytes = 16 << 10;

bool IsCredentialName(std::string_view name) {
  return !name.empty() && name.size() <= kMostCredentialNameBytes &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_' || c == '.' || c == '-';
         });
}

// No message shows a value, nor a bad name: somebody may have put the secret there.
void CheckCredentials(const CredentialMap& credentials, Violations& violations) {
  if (credentials.size() > kMostCredentials) {
    violations.push_back(
        {"integration.credentials", fmt::format("has {} entries, at most {} are allowed",
                                                credentials.size(), kMostCredentials)});
  }
  for (const auto& [name, value] : credentials) {
    if (!IsCredentialName(name)) {
      violations.push_back(
          {"integration.credentials", "has a bad name; names are 1 to 64 of A-Z a-z 0-9 . _ -"});
      continue;
    }
    const std::string field = "integration.credentials/" + name;
    if (value.empty() || value.size() > kMostCredentialBytes) {
      violations.push_back({field, fmt::format("has {} bytes; 1 to {} are allowed", value.size(),
                                               kMostCredentialBytes)});
    }
    if (value.find('\0') != std::string::npos)
      violations.push_back({field, "holds a NUL character"});
  }
}

std::vector<std::string> NamesOf(const CredentialMap& credentials) {
  std::vector<std::string> names;
  for (const auto& [name, value] : credentials) {
    if (IsCredentialName(name)) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

SealCredentials Sealer(const CredentialMap& credentials, const crypto::CredentialCipher& cipher) {
  return [&credentials,
          &cipher](const std::string& id) -> absl::StatusOr<std::map<std::string, std::string>> {
    std::map<std::string, std::string> sealed;
    for (const auto& [name, value] : credentials) {
      ASSIGN_OR_RETURN(sealed[name], cipher.Seal(id, name, value));
    }
    return sealed;
  };
}

void CheckExternalId(const std::string& id, Violations& violations) {
  CheckText(id, "integration.external_id", kMostExternalIdCharacters, violations);
  if (ParseUuid(id)) {
    violations.push_back(
        {"integration.external_id",
         "looks like a UUID, which would be read as one of our ids; put a prefix before it"});
  }
}

void CheckConfig(connectors::IntegrationType type, const std::string& config_json,
                 const std::vector<std::string>& credential_names, Violations& violations) {
  const std::set<std::string> names(credential_names.begin(), credential_names.end());
  for (FieldViolation& violation : connectors::ValidateConfig(type, config_json, names)) {
    violations.push_back({"integration." + violation.field, std::move(violation.description)});
  }
}

// The type; what is not set is judged as REST, so that its config is not left out of the answer.
connectors::IntegrationType CheckType(v1::IntegrationType type, Violations& violations) {
  const auto known = connectors::ParseIntegrationType(v1::IntegrationType_Name(type));
  if (!known) {
    violations.push_back(
        {"integration.type", type == v1::INTEGRATION_TYPE_UNSPECIFIED
                                 ? "is required: REST"
                                 : "is not a type that this version knows; use REST"});
  }
  return known.value_or(connectors::IntegrationType::kRest);
}

// One text for the same arguments, whatever the order of their maps.
std::string Canonical(const NewIntegration& integration, const CredentialMap& credentials) {
  const SyncSettings& settings = integration.settings;
  nlohmann::json text = {
      {"external_id", integration.external_id},
      {"name", integration.name},
      {"type", integration.type},
      {"config", nlohmann::json::parse(integration.config_json)},
      {"interval", settings.interval ? absl::ToInt64Seconds(*settings.interval) : 0},
      {"enabled", settings.enabled},
      {"max_retries", settings.max_retries},
      {"timeout", absl::ToInt64Seconds(settings.timeout)},
      {"credentials", std::map<std::string, std::string>(credentials.begin(), credentials.end())}};
  return text.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

FieldViolation UnknownPath(const std::string& path, std::string_view known) {
  return {"update_mask", fmt::format("has the unknown path '{}'; use {}", path, known)};
}

// Adds what one path of the mask names.
void AddPath(const std::string& path, const v1::Integration& given, IntegrationChange& change,
             Violations& violations) {
  constexpr std::string_view kSettingsPrefix = "sync_settings.";
  constexpr char kSettingsPath[] = "integration.sync_settings";
  if (path == "name") {
    CheckName(given.name(), violations);
    change.name = given.name();
  } else if (path == "external_id") {
    CheckExternalId(given.external_id(), violations);
    change.external_id = given.external_id();
  } else if (path == "config") {
    if (!given.has_config()) violations.push_back({"integration.config", "is required"});
    change.config_json = StructToJson(given.config(), "integration.config", violations);
  } else if (path == "credentials") {
    CheckCredentials(given.credentials(), violations);
    change.credential_names = NamesOf(given.credentials());
  } else if (path == "sync_settings") {
    if (!given.has_sync_settings())
      violations.push_back({kSettingsPath, "is required when it is in the mask"});
    for (const char* name : kSettingNames) {
      AddSetting(given.sync_settings(), name, kSettingsPath, change.settings, violations);
    }
  } else if (path == "type" || path == "tenant_id") {
    violations.push_back({"integration." + path, "cannot be changed; create another integration"});
  } else if (!path.starts_with(kSettingsPrefix) ||
             !AddSetting(given.sync_settings(), path.substr(kSettingsPrefix.size()), kSettingsPath,
                         change.settings, violations)) {
    violations.push_back(
        UnknownPath(path,
                    "name, external_id, config, credentials, sync_settings, or "
                    "sync_settings. with sync_interval, sync_enabled, max_retries or timeout"));
  }
}

}  // namespace

void CheckName(const std::string& name, Violations& violations) {
  CheckRequiredText(name, "integration.name", kMostNameCharacters, violations);
}

NewIntegration DecodeNew(const v1::Integration& given, const crypto::CredentialCipher& cipher,
                         Violations& violations) {
  NewIntegration integration;
  integration.tenant_id = given.tenant_id();
  integration.external_id = given.external_id();
  integration.name = given.name();
  integration.type = v1::IntegrationType_Name(given.type());
  CheckTenant(given.tenant_id(), "integration.tenant_id", violations);
  CheckExternalId(given.external_id(), violations);
  CheckCredentials(given.credentials(), violations);
  integration.settings = CheckNewSettings(given, "integration.sync_settings", violations);
  const connectors::IntegrationType type = CheckType(given.type(), violations);
  if (type == connectors::IntegrationType::kRest && !given.has_config()) {
    violations.push_back({"integration.config", "is required for REST"});
  } else {
    integration.config_json = StructToJson(given.config(), "integration.config", violations);
    CheckConfig(type, integration.config_json, NamesOf(given.credentials()), violations);
  }
  if (!given.credentials().empty()) integration.seal = Sealer(given.credentials(), cipher);
  return integration;
}

absl::StatusOr<NewIntegration> DecodeCreate(const v1::CreateIntegrationRequest& request,
                                            const crypto::CredentialCipher& cipher,
                                            const KeyedHash& hash) {
  const v1::Integration& given = request.integration();
  Violations violations;
  CheckName(given.name(), violations);
  CheckRequestId(request.request_id(), violations);
  NewIntegration integration = DecodeNew(given, cipher, violations);
  integration.request_id = request.request_id();
  RETURN_IF_ERROR(ToStatus(violations));
  if (!request.request_id().empty()) {
    for (const std::string& made : hash.MakeAll(Canonical(integration, given.credentials()))) {
      integration.request_hashes.push_back(absl::BytesToHexString(made));
    }
  }
  return integration;
}

absl::StatusOr<DecodedChange> DecodeUpdate(const v1::UpdateIntegrationRequest& request,
                                           const crypto::CredentialCipher& cipher) {
  const v1::Integration& given = request.integration();
  DecodedChange decoded;
  decoded.ref = {given.tenant_id(), given.id().empty() ? given.external_id() : given.id()};
  Violations unnamed;
  CheckTenant(given.tenant_id(), "integration.tenant_id", unnamed);
  CheckRequiredText(decoded.ref.id, "integration.id", kMostExternalIdCharacters, unnamed);

  IntegrationChange& change = decoded.change;
  change.version = given.version();
  Violations violations;
  for (const std::string& path : request.update_mask().paths())
    AddPath(path, given, change, violations);
  if (request.update_mask().paths().empty()) {
    violations.push_back(
        {"update_mask", "is required: the fields to change, such as name or config"});
  }
  // An external id cannot both name the integration and be its new one.
  if (change.external_id && given.id().empty()) {
    unnamed.push_back({"integration.id", "is required when external_id changes"});
  }
  if (change.credential_names) change.seal = Sealer(given.credentials(), cipher);
  if (!unnamed.empty()) {
    unnamed.insert(unnamed.end(), violations.begin(), violations.end());
    return ToStatus(unnamed);
  }
  const bool new_config = change.config_json || change.credential_names;
  const bool config_missing = change.config_json && !given.has_config();
  change.check = [violations, new_config, config_missing](const IntegrationDraft& draft) {
    Violations all = violations;
    if (new_config && !config_missing) {
      const auto type = connectors::ParseIntegrationType(draft.type);
      CheckConfig(type.value_or(connectors::IntegrationType::kRest), draft.config_json,
                  draft.credential_names, all);
    }
    return ToStatus(all);
  };
  return decoded;
}

absl::StatusOr<DecodedChange> DecodeSettings(const v1::UpdateSyncSettingsRequest& request) {
  Violations violations;
  DecodedChange decoded;
  decoded.ref = CheckRef(request.tenant_id(), request.integration_id(), violations);
  decoded.change.version = request.version();
  std::vector<std::string> names(request.update_mask().paths().begin(),
                                 request.update_mask().paths().end());
  if (names.empty()) names = SetFields(request.sync_settings());
  if (names.empty()) {
    violations.push_back(
        {"sync_settings", "changes nothing: set a field, or name one in update_mask"});
  }
  for (const std::string& name : names) {
    if (!AddSetting(request.sync_settings(), name, "sync_settings", decoded.change.settings,
                    violations)) {
      violations.push_back(
          UnknownPath(name, "sync_interval, sync_enabled, max_retries or timeout"));
    }
  }
  RETURN_IF_ERROR(ToStatus(violations));
  return decoded;
}

}  // namespace syncline::scheduler
