// Who may call a gRPC port: every call is asked for a bearer token before any handler hears of it,
// by the kind of its service. A service that nobody thought of here needs an API token.
#pragma once

#include <grpcpp/security/server_credentials.h>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/auth/token_file.h"
#include "common/base/clock.h"
#include "common/tls/server_identity.h"

namespace syncline::rpc {

// What a call brings: the path of its method ("/syncline.v1.SyncService/GetSyncLog") and its
// authorization, if it has exactly one.
struct CallerClaim {
  std::string_view method;
  std::optional<std::string_view> authorization;
};

// Any thread.
class CallGuard {
 public:
  // A null file leaves its kind of calls open: a loopback port needs no tokens. `clock` outlives
  // it.
  CallGuard(std::unique_ptr<auth::TokenFile> api, std::unique_ptr<auth::TokenFile> executors,
            const MonotonicClock* clock)
      : api_(std::move(api)), executors_(std::move(executors)), clock_(*clock) {}

  // UNAUTHENTICATED, MISSING_TOKEN or INVALID_TOKEN: another kind's token is as wrong as none.
  // Logs who calls, and that somebody was refused, never with what.
  absl::Status Check(const CallerClaim& claim);

 private:
  void LogRefusal(std::string_view method, std::string_view reason);

  const std::unique_ptr<auth::TokenFile> api_;
  const std::unique_ptr<auth::TokenFile> executors_;
  const MonotonicClock& clock_;
  std::mutex mutex_;
  std::optional<absl::Duration> told_at_;
  std::int64_t untold_ = 0;  // refusals since then
};

// Credentials of a port that `guard` watches (null: an open one) and that proves itself by
// `identity`, with TLS 1.2 or newer (null: a port without TLS).
std::shared_ptr<grpc::ServerCredentials> GuardedCredentials(
    std::shared_ptr<CallGuard> guard, std::shared_ptr<tls::ServerIdentity> identity);

}  // namespace syncline::rpc
