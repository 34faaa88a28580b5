#include "scheduler/core/error_class.h"

#include <array>
#include <utility>

namespace syncline::scheduler {
namespace {

constexpr std::array<std::pair<ErrorClass, std::string_view>, 9> kNames = {{
    {ErrorClass::kTransient, "TRANSIENT"},
    {ErrorClass::kRateLimited, "RATE_LIMITED"},
    {ErrorClass::kAuth, "AUTH"},
    {ErrorClass::kConfig, "CONFIG"},
    {ErrorClass::kData, "DATA"},
    {ErrorClass::kCancelled, "CANCELLED"},
    {ErrorClass::kTimeout, "TIMEOUT"},
    {ErrorClass::kLeaseLost, "LEASE_LOST"},
    {ErrorClass::kInternal, "INTERNAL"},
}};

}  // namespace

std::string_view ErrorClassName(ErrorClass error_class) {
  for (const auto& [value, name] : kNames) {
    if (value == error_class) return name;
  }
  return "INTERNAL";
}

std::optional<ErrorClass> ParseErrorClass(std::string_view name) {
  for (const auto& [value, known] : kNames) {
    if (known == name) return value;
  }
  return std::nullopt;
}

}  // namespace syncline::scheduler
