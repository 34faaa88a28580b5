// The three types of integration, and their names on every surface.
#pragma once

#include <optional>
#include <string_view>

namespace syncline::connectors {

enum class IntegrationType { kRest, kGraphql, kManual };

constexpr std::string_view IntegrationTypeName(IntegrationType type) {
  switch (type) {
    case IntegrationType::kRest:
      return "REST";
    case IntegrationType::kGraphql:
      return "GRAPHQL";
    case IntegrationType::kManual:
      return "MANUAL";
  }
  return "";
}

constexpr std::optional<IntegrationType> ParseIntegrationType(std::string_view name) {
  for (const auto type :
       {IntegrationType::kRest, IntegrationType::kGraphql, IntegrationType::kManual}) {
    if (IntegrationTypeName(type) == name) return type;
  }
  return std::nullopt;
}

}  // namespace syncline::connectors
