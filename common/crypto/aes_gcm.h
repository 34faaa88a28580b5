// AES-256-GCM (NIST SP 800-38D) over OpenSSL, with the nonce given by the caller. Only
// CredentialCipher, which draws a fresh nonce for every call, uses it; it is apart so that the
// published test vectors can be run against it.
//
// Thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/crypto/secret.h"

namespace syncline::crypto {

inline constexpr size_t kAesKeyBytes = 32;
inline constexpr size_t kGcmNonceBytes = 12;
inline constexpr size_t kGcmTagBytes = 16;

// Ciphertext followed by its tag. `key` has 32 bytes and `nonce` 12; the two together must never be
// used twice. INTERNAL if the library refuses.
absl::StatusOr<std::string> SealAesGcm(std::string_view key, std::string_view nonce,
                                       std::string_view associated_data,
                                       std::string_view plaintext);

// The inverse. DATA_LOSS when the tag does not fit key, nonce, associated data and ciphertext: then
// nothing of the plaintext is returned.
absl::StatusOr<Secret> OpenAesGcm(std::string_view key, std::string_view nonce,
                                  std::string_view associated_data, std::string_view sealed);

}  // namespace syncline::crypto
