// How an executor shows that it is the process it says it is. Its id is the fingerprint of a secret
// that it draws at its start and shows with each call, so a scheduler that has never met it can
// tell, without any list or table. The id itself may be read by anybody (docs/adr/0006-tokens.md).
//
// Thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/crypto/secret.h"

namespace syncline::crypto {

inline constexpr size_t kProcessSecretBytes = 32;

struct ProcessIdentity {
  std::string id;  // FingerprintOf(secret)
  Secret secret;
};

// A new one. INTERNAL when the library has no randomness.
absl::StatusOr<ProcessIdentity> NewProcessIdentity();

// A UUID of version 8 (RFC 9562) in lower-case text: the first 128 bits of SHA-256, of which the
// version and the variant take 6.
std::string FingerprintOf(std::string_view secret);

// Whether `secret` is the one that `id` was made from.
bool Proves(std::string_view secret, std::string_view id);

}  // namespace syncline::crypto
