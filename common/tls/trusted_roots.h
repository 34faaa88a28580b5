// The authorities that a client of ours believes (SYNC_TLS_CA).
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace syncline::tls {

// The certificates of a PEM file, as one PEM text. An error says in one line what is wrong with the
// file, and names the setting.
absl::StatusOr<std::string> ReadTrustedRoots(const std::string& path);

}  // namespace syncline::tls
