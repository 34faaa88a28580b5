// Integrations in REST: what comes out, and the three forms in which they come in.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gateway/json/json_text.h"
#include "gateway/json/mistakes.h"
#include "syncline/v1/integration.pb.h"

namespace syncline::gateway {

// Without `config`, what events tell: a card needs no config, and many clients are told.
enum class Detail { kState, kFull };
Json ToJson(const v1::Integration& integration, Detail detail);

// A whole integration: what is absent has its default.
struct IntegrationInput {
  v1::Integration integration;
  bool has_credentials = false;
};
// `pointer` is the place of `body` in the request. Without `needs_name`, a draft that may lack one.
IntegrationInput ReadIntegration(const Json& body, const std::string& pointer, bool needs_name,
                                 Mistakes& mistakes);

// A merge patch. `paths` are those of an update mask that `values` are for; the config's patch is
// apart, because it is merged with what is stored.
struct IntegrationPatch {
  v1::Integration values;
  std::vector<std::string> paths;
  std::optional<Json> config;
  std::optional<v1::IntegrationType> type;  // may only be what it is
  std::optional<std::string> tenant_id;     // likewise
};
IntegrationPatch ReadIntegrationPatch(const Json& body, Mistakes& mistakes);

// Sync settings to change; `paths` are those of their update mask.
struct SettingsPatch {
  v1::SyncSettings values;
  std::vector<std::string> paths;
};
SettingsPatch ReadSettingsPatch(const Json& body, Mistakes& mistakes);

}  // namespace syncline::gateway
