#include "gateway/json/integration_json.h"

#include <algorithm>
#include <utility>

#include "common/rpc/proto_time.h"
#include "gateway/json/object_reader.h"
#include "gateway/json/proto_values.h"
#include "gateway/json/sync_json.h"

namespace syncline::gateway {
namespace {

using Need = ObjectReader::Need;

constexpr std::int64_t kDefaultInterval = 3600;
constexpr std::int64_t kShortestInterval = 60;
constexpr std::int64_t kLongestInterval = 366LL * 86400;
constexpr std::int64_t kDefaultTimeout = 3600;
constexpr std::int64_t kLongestTimeout = 7LL * 86400;
constexpr int kDefaultRetries = 3;
constexpr int kMostRetries = 20;

// Members of an answer that come back with it when somebody changes and returns it.
const std::vector<std::string>& OutputOnly() {
  static const auto* names =
      new std::vector<std::string>{"id",         "credentialNames", "nextSyncAt",
                                   "status",     "disabledReason",  "blockedReason",
                                   "retryCount", "lastSync",        "lastSuccessAt",
                                   "activeSync", "version",         "createdAt",
                                   "updatedAt"};
  return *names;
}

void SetSeconds(std::int64_t seconds, google::protobuf::Duration& duration) {
  duration.set_seconds(seconds);
}

// One setting, when it is there; null stands for its default (for the interval: none).
void ReadSettings(ObjectReader& reader, Need need, SettingsPatch& patch) {
  v1::SyncSettings& settings = patch.values;
  if (reader.Has("syncInterval")) {
    patch.paths.emplace_back("sync_interval");
    if (const auto seconds =
            reader.Integer("syncInterval", Need::kOrNull, kShortestInterval, kLongestInterval))
      SetSeconds(*seconds, *settings.mutable_sync_interval());
  }
  if (reader.Has("syncEnabled")) {
    patch.paths.emplace_back("sync_enabled");
    settings.set_sync_enabled(reader.Boolean("syncEnabled", need).value_or(true));
  }
  if (reader.Has("maxRetries")) {
    patch.paths.emplace_back("max_retries");
    settings.set_max_retries(static_cast<int>(
        reader.Integer("maxRetries", need, 0, kMostRetries).value_or(kDefaultRetries)));
  }
  if (reader.Has("timeout")) {
    patch.paths.emplace_back("timeout");
    SetSeconds(reader.Integer("timeout", need, 1, kLongestTimeout).value_or(kDefaultTimeout),
               *settings.mutable_timeout());
  }
}

std::optional<v1::IntegrationType> ReadType(ObjectReader& reader, Need need) {
  const auto name = reader.Text("type", need);
  if (!name) return std::nullopt;
  v1::IntegrationType type = v1::INTEGRATION_TYPE_UNSPECIFIED;
  if (!v1::IntegrationType_Parse(*name, &type) || type == v1::INTEGRATION_TYPE_UNSPECIFIED) {
    reader.Complain("type", "must be REST, GRAPHQL or MANUAL");
    return std::nullopt;
  }
  return type;
}

// A name that is none may be a secret in the wrong place: it is not shown.
bool MayBeShown(const std::string& credential_name) {
  return !credential_name.empty() && credential_name.size() <= 64 &&
         std::all_of(credential_name.begin(), credential_name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_' || c == '.' || c == '-';
         });
}

void ReadCredentials(ObjectReader& reader, Need need, v1::Integration& integration) {
  const Json* credentials = reader.Object("credentials", need);
  if (credentials == nullptr) return;
  for (const auto& [name, value] : credentials->items()) {
    if (value.is_string()) {
      (*integration.mutable_credentials())[name] = value.get<std::string>();
    } else {
      reader.Complain("credentials", MayBeShown(name) ? "'" + name + "' must be a string"
                                                      : "every value must be a string");
    }
  }
}

}  // namespace

Json ToJson(const v1::Integration& integration, Detail detail) {
  const v1::SyncSettings& settings = integration.sync_settings();
  Json json = {
      {"id", integration.id()},
      {"externalId", TextOrNull(integration.external_id())},
      {"tenantId", integration.tenant_id()},
      {"name", integration.name()},
      {"type", EnumOrNull(integration.type(), v1::IntegrationType_Name)},
      {"credentialNames", Json(std::vector<std::string>(integration.credential_names().begin(),
                                                        integration.credential_names().end()))},
      {"syncInterval",
       settings.has_sync_interval() ? Json(settings.sync_interval().seconds()) : Json(nullptr)},
      {"syncEnabled", settings.sync_enabled()},
      {"maxRetries", settings.max_retries()},
      {"timeout", settings.timeout().seconds()},
      {"nextSyncAt", TimeOrNull(integration.has_next_sync_at(), integration.next_sync_at())},
      {"status", EnumOrNull(integration.status(), v1::IntegrationStatus_Name)},
      {"disabledReason", TextOrNull(integration.disabled_reason())},
      {"blockedReason", TextOrNull(integration.blocked_reason())},
      {"retryCount", integration.retry_count()},
      {"lastSync", integration.has_last_sync() ? ToJson(integration.last_sync()) : Json(nullptr)},
      {"lastSuccessAt",
       TimeOrNull(integration.has_last_success_at(), integration.last_success_at())},
      {"activeSync",
       integration.has_active_sync() ? ToJson(integration.active_sync()) : Json(nullptr)},
      {"version", integration.version()},
      {"createdAt", TimeText(integration.create_time())},
      {"updatedAt", TimeText(integration.update_time())}};
  if (detail == Detail::kFull) json["config"] = FromStruct(integration.config());
  return json;
}

IntegrationInput ReadIntegration(const Json& body, const std::string& pointer, bool needs_name,
                                 Mistakes& mistakes) {
  IntegrationInput input;
  v1::Integration& integration = input.integration;
  ObjectReader reader(body, pointer, &mistakes);
  integration.set_name(
      reader.Text("name", needs_name ? Need::kRequired : Need::kOptional).value_or(""));
  integration.set_external_id(reader.Text("externalId", Need::kOrNull).value_or(""));
  integration.set_tenant_id(reader.Text("tenantId", Need::kOptional).value_or(""));
  integration.set_type(
      ReadType(reader, Need::kRequired).value_or(v1::INTEGRATION_TYPE_UNSPECIFIED));
  if (const Json* config = reader.Object("config", Need::kRequired))
    *integration.mutable_config() = ToStruct(*config, reader.PointerTo("config"), mistakes);
  input.has_credentials = reader.Has("credentials");
  ReadCredentials(reader, Need::kOptional, integration);

  SettingsPatch settings;
  SetSeconds(kDefaultInterval, *settings.values.mutable_sync_interval());
  if (reader.Has("syncInterval")) settings.values.clear_sync_interval();
  settings.values.set_sync_enabled(true);
  settings.values.set_max_retries(kDefaultRetries);
  SetSeconds(kDefaultTimeout, *settings.values.mutable_timeout());
  ReadSettings(reader, Need::kOptional, settings);
  *integration.mutable_sync_settings() = std::move(settings.values);

  reader.Ignore(OutputOnly());
  reader.RefuseUnknown();
  return input;
}

IntegrationPatch ReadIntegrationPatch(const Json& body, Mistakes& mistakes) {
  IntegrationPatch patch;
  ObjectReader reader(body, "", &mistakes);
  if (reader.Has("name")) {
    patch.paths.emplace_back("name");
    patch.values.set_name(reader.Text("name", Need::kOptional).value_or(""));
  }
  if (reader.Has("externalId")) {
    patch.paths.emplace_back("external_id");
    patch.values.set_external_id(reader.Text("externalId", Need::kOrNull).value_or(""));
  }
  if (const Json* config = reader.Object("config", Need::kOptional)) patch.config = *config;
  if (reader.Has("credentials")) {
    patch.paths.emplace_back("credentials");
    ReadCredentials(reader, Need::kOrNull, patch.values);
  }
  SettingsPatch settings;
  ReadSettings(reader, Need::kOrNull, settings);
  *patch.values.mutable_sync_settings() = std::move(settings.values);
  for (const std::string& path : settings.paths) patch.paths.push_back("sync_settings." + path);
  patch.type = ReadType(reader, Need::kOptional);
  patch.tenant_id = reader.Text("tenantId", Need::kOptional);
  reader.Ignore(OutputOnly());
  reader.RefuseUnknown();
  return patch;
}

SettingsPatch ReadSettingsPatch(const Json& body, Mistakes& mistakes) {
  SettingsPatch patch;
  ObjectReader reader(body, "", &mistakes);
  ReadSettings(reader, Need::kOrNull, patch);
  reader.RefuseUnknown();
  return patch;
}

}  // namespace syncline::gateway
