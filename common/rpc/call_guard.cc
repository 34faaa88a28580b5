#include "common/rpc/call_guard.h"

#include <algorithm>
#include <array>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "common/base/errors.h"
#include "common/base/log.h"

namespace syncline::rpc {
namespace {

constexpr std::string_view kHealthCheck = "/grpc.health.v1.Health/Check";
constexpr std::string_view kInternal = "/syncline.internal.";
constexpr std::string_view kPublic = "/syncline.";
constexpr std::string_view kScheme = "Bearer ";
// How often refusals are told at most: whoever floods the port must not flood the log.
constexpr absl::Duration kTellPeriod = absl::Seconds(1);

// Standard methods that change nothing, by the names that they all have.
bool OnlyReads(std::string_view method) {
  constexpr std::array<std::string_view, 4> kReads = {"Get", "List", "Watch", "Explain"};
  const std::string_view name = method.substr(method.rfind('/') + 1);
  return std::any_of(kReads.begin(), kReads.end(),
                     [&](std::string_view read) { return name.starts_with(read); });
}

std::optional<std::string_view> TokenOf(std::string_view authorization) {
  if (!absl::StartsWithIgnoreCase(absl::string_view(authorization.data(), authorization.size()),
                                  absl::string_view(kScheme.data(), kScheme.size()))) {
    return std::nullopt;
  }
  return authorization.substr(kScheme.size());
}

}  // namespace

absl::Status CallGuard::Check(const CallerClaim& claim) {
  if (claim.method == kHealthCheck) return absl::OkStatus();
  const bool internal = claim.method.starts_with(kInternal);
  auth::TokenFile* tokens = internal ? executors_.get() : api_.get();
  if (tokens == nullptr) return absl::OkStatus();
  if (!claim.authorization) {
    LogRefusal(claim.method, "MISSING_TOKEN");
    return ReasonError(absl::StatusCode::kUnauthenticated, "MISSING_TOKEN",
                       "send the metadata 'authorization: Bearer TOKEN'");
  }
  const auto token = TokenOf(*claim.authorization);
  const std::optional<std::string> name = token ? tokens->NameOf(*token) : std::nullopt;
  if (!name) {
    LogRefusal(claim.method, "INVALID_TOKEN");
    return ReasonError(absl::StatusCode::kUnauthenticated, "INVALID_TOKEN",
                       internal ? "this is no executor's token" : "this is no API token");
  }
  const bool change = !internal && claim.method.starts_with(kPublic) && !OnlyReads(claim.method);
  Log(change ? LogLevel::kInfo : LogLevel::kDebug, "called",
      {{"by", *name}, {"method", claim.method}});
  return absl::OkStatus();
}

void CallGuard::LogRefusal(std::string_view method, std::string_view reason) {
  constexpr std::size_t kLongestMethod = 200;  // it is whatever the caller wrote
  std::int64_t untold = 0;
  {
    std::lock_guard lock(mutex_);
    const absl::Duration now = clock_.Now();
    if (told_at_ && now - *told_at_ < kTellPeriod) {
      ++untold_;
      return;
    }
    told_at_ = now;
    untold = std::exchange(untold_, 0);
  }
  LogWarning("a call was refused",
             {{"method", method.substr(0, kLongestMethod)}, {"reason", reason}, {"more", untold}});
}

}  // namespace syncline::rpc
