#include "common/tls/trusted_roots.h"

#include <fmt/format.h>

#include <utility>

#include "common/auth/watched_file.h"
#include "common/base/clock.h"
#include "common/base/errors.h"
#include "common/tls/certificate.h"

namespace syncline::tls {

absl::StatusOr<std::string> ReadTrustedRoots(const std::string& path) {
  const SteadyClock clock;
  auto text = auth::WatchedFile(path, &clock).ReadIfChanged();
  if (!text.ok()) {
    return MakeStatus(text.status().code(),
                      fmt::format("SYNC_TLS_CA: {}", std::string(text.status().message())));
  }
  if (ParseCertificates(**text).empty()) {
    return MakeStatus(absl::StatusCode::kInvalidArgument,
                      fmt::format("SYNC_TLS_CA: {} holds no certificate in PEM form", path));
  }
  return **std::move(text);
}

}  // namespace syncline::tls
