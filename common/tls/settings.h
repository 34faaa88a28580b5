// The settings of TLS, the same in every program.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "common/config/flags.h"
#include "common/tls/server_identity.h"

namespace syncline::tls {

// Files; both or neither. Empty: ports without TLS.
struct ServerSettings {
  std::string certificate;
  std::string key;
};

// SYNC_TLS_CERT and SYNC_TLS_KEY.
void AddServerFlags(Flags* flags, ServerSettings* settings);
// SYNC_TLS_CA of a program that calls schedulers; empty: without TLS.
void AddClientFlag(Flags* flags, std::string* roots);

// Null without settings. An error is one line that names the setting. `clock` outlives the
// identity.
absl::StatusOr<std::shared_ptr<ServerIdentity>> OpenServerIdentity(const ServerSettings& settings,
                                                                   const MonotonicClock* clock);

}  // namespace syncline::tls
