#include "common/tls/server_identity.h"

#include <fmt/format.h>

#include <utility>

#include "common/base/errors.h"
#include "common/base/log.h"
#include "common/base/status_macros.h"

namespace syncline::tls {
namespace {

absl::Status Of(const char* setting, const absl::Status& status) {
  return MakeStatus(status.code(), fmt::format("{}: {}", setting, std::string(status.message())));
}

}  // namespace

absl::StatusOr<std::shared_ptr<ServerIdentity>> ServerIdentity::Open(
    const std::string& certificate_path, const std::string& key_path, const MonotonicClock* clock) {
  std::shared_ptr<ServerIdentity> identity(new ServerIdentity(certificate_path, key_path, clock));
  RETURN_IF_ERROR(identity->Read());
  return identity;
}

absl::Status ServerIdentity::Read() {
  const auto chain = certificate_file_.ReadIfChanged();
  const auto key = key_file_.ReadIfChanged();
  // Taken before either may fail: a change is told once.
  if (chain.ok() && *chain) chain_pem_ = **chain;
  if (key.ok() && *key) key_pem_ = crypto::Secret(**key);
  if (!chain.ok()) return Of("SYNC_TLS_CERT", chain.status());
  if (!key.ok()) return Of("SYNC_TLS_KEY", key.status());
  if (!*chain && !*key) return absl::OkStatus();
  Certificate::Problem problem = Certificate::Problem::kNone;
  auto pair = Certificate::Parse(chain_pem_, key_pem_, &problem);
  switch (problem) {
    case Certificate::Problem::kNone:
      break;
    case Certificate::Problem::kNoCertificate:
      return MakeStatus(absl::StatusCode::kInvalidArgument,
                        fmt::format("SYNC_TLS_CERT: {} holds no certificate in PEM form",
                                    certificate_file_.path()));
    case Certificate::Problem::kNoKey:
      return MakeStatus(
          absl::StatusCode::kInvalidArgument,
          fmt::format("SYNC_TLS_KEY: {} holds no private key in PEM form; an encrypted one is of "
                      "no use",
                      key_file_.path()));
    case Certificate::Problem::kNotItsKey:
      return MakeStatus(absl::StatusCode::kInvalidArgument,
                        fmt::format("SYNC_TLS_KEY: {} is not the key of the first certificate in "
                                    "{} (SYNC_TLS_CERT)",
                                    key_file_.path(), certificate_file_.path()));
  }
  const std::string end =
      absl::FormatTime(absl::RFC3339_sec, pair->not_after(), absl::UTCTimeZone());
  if (current_ != nullptr) {
    LogInfo("the certificate was read again",
            {{"file", certificate_file_.path()}, {"valid_until", end}});
  }
  if (pair->not_after() <= absl::Now()) {
    LogWarning("the certificate has ended; clients will refuse it",
               {{"file", certificate_file_.path()}, {"valid_until", end}});
  }
  current_ = std::move(pair);
  return absl::OkStatus();
}

std::shared_ptr<const Certificate> ServerIdentity::Current() {
  std::lock_guard lock(mutex_);
  if (const absl::Status read = Read(); !read.ok())
    LogError("a changed certificate or key is not used", {{"error", read}});
  return current_;
}

}  // namespace syncline::tls
