#include "common/tls/settings.h"

#include "common/base/errors.h"

namespace syncline::tls {

void AddServerFlags(Flags* flags, ServerSettings* settings) {
  flags->AddText("SYNC_TLS_CERT", &settings->certificate,
                 "PEM file of the certificate that every port of this program shows, and of those "
                 "that lead to its authority; read again on change; empty for ports without TLS");
  flags->AddText("SYNC_TLS_KEY", &settings->key, "PEM file of the certificate's private key");
}

void AddClientFlag(Flags* flags, std::string* roots) {
  flags->AddText("SYNC_TLS_CA", roots,
                 "PEM file of the authorities that the schedulers' certificates come from; empty "
                 "for schedulers without TLS");
}

absl::StatusOr<std::shared_ptr<ServerIdentity>> OpenServerIdentity(const ServerSettings& settings,
                                                                   const MonotonicClock* clock) {
  if (settings.certificate.empty() && settings.key.empty()) return nullptr;
  if (settings.certificate.empty() || settings.key.empty()) {
    return MakeStatus(absl::StatusCode::kInvalidArgument,
                      settings.key.empty() ? "SYNC_TLS_CERT needs SYNC_TLS_KEY beside it"
                                           : "SYNC_TLS_KEY needs SYNC_TLS_CERT beside it");
  }
  return ServerIdentity::Open(settings.certificate, settings.key, clock);
}

}  // namespace syncline::tls
