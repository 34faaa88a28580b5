// Why an attempt failed; the names are those of the API and the tables.
#pragma once

#include <optional>
#include <string_view>

namespace syncline::scheduler {

enum class ErrorClass {
  kTransient,
  kRateLimited,
  kAuth,
  kConfig,
  kData,
  kCancelled,
  kTimeout,
  kLeaseLost,
  kInternal,
};

// "TRANSIENT", "RATE_LIMITED" …
std::string_view ErrorClassName(ErrorClass error_class);
// nullopt for a name that is none of these.
std::optional<ErrorClass> ParseErrorClass(std::string_view name);

}  // namespace syncline::scheduler
