// Why a sync cannot go on: one of the error classes of the design, in words for the history of the
// run.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/time/time.h"

namespace syncline::executor {

// What each leads to (retry, wait, disable) is the scheduler's decision.
enum class ErrorClass {
  kTransient,    // may go away by itself: 5xx, timeouts of a connection
  kRateLimited,  // the API asks us to wait
  kAuth,         // the API refuses the credentials, or one cannot be sent
  kConfig,       // the config cannot work as it is
  kData,         // the API answers what cannot be read
  kCancelled,
  kTimeout,
  kLeaseLost,
  kInternal,  // our own fault
};

constexpr std::string_view ErrorClassName(ErrorClass cls) {
  switch (cls) {
    case ErrorClass::kTransient:
      return "TRANSIENT";
    case ErrorClass::kRateLimited:
      return "RATE_LIMITED";
    case ErrorClass::kAuth:
      return "AUTH";
    case ErrorClass::kConfig:
      return "CONFIG";
    case ErrorClass::kData:
      return "DATA";
    case ErrorClass::kCancelled:
      return "CANCELLED";
    case ErrorClass::kTimeout:
      return "TIMEOUT";
    case ErrorClass::kLeaseLost:
      return "LEASE_LOST";
    case ErrorClass::kInternal:
      return "INTERNAL";
  }
  return "INTERNAL";
}

struct SyncError {
  ErrorClass cls = ErrorClass::kInternal;
  // One sentence for the user: what happened and, where it is known, what to do. Holds no secret,
  // no record contents and no response body.
  std::string message;
  // Status of the HTTP response behind it; 0 when there is none.
  int http_status = 0;
  // With kRateLimited: how long the API asks to wait, 0 to 24 h; unset when it does not say.
  std::optional<absl::Duration> retry_after;
};

// A value, or why there is none. value() and error() must only be called on what is there.
template <typename T>
class [[nodiscard]] SyncResult {
 public:
  SyncResult(T value) : content_(std::move(value)) {}  // NOLINT: returns read as plain values
  SyncResult(SyncError error) : content_(std::move(error)) {}  // NOLINT

  bool ok() const { return content_.index() == 0; }
  T& value() & { return std::get<0>(content_); }
  const T& value() const& { return std::get<0>(content_); }
  T&& value() && { return std::get<0>(std::move(content_)); }
  const SyncError& error() const { return std::get<1>(content_); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }

 private:
  std::variant<T, SyncError> content_;
};

}  // namespace syncline::executor
