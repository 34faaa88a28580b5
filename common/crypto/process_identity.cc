#include "common/crypto/process_identity.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <array>

#include "absl/status/status.h"
#include "common/base/ids.h"

namespace syncline::crypto {

absl::StatusOr<ProcessIdentity> NewProcessIdentity() {
  std::array<unsigned char, kProcessSecretBytes> bytes;
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
    return absl::InternalError("OpenSSL has no randomness");
  const std::string_view drawn(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  ProcessIdentity identity{FingerprintOf(drawn), Secret(drawn)};
  OPENSSL_cleanse(bytes.data(), bytes.size());
  return identity;
}

std::string FingerprintOf(std::string_view secret) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256(reinterpret_cast<const unsigned char*>(secret.data()), secret.size(), digest.data());
  digest[6] = static_cast<unsigned char>((digest[6] & 0x0F) | 0x80);  // version 8
  digest[8] = static_cast<unsigned char>((digest[8] & 0x3F) | 0x80);  // variant 10
  return UuidText({reinterpret_cast<const char*>(digest.data()), kUuidBytes});
}

bool Proves(std::string_view secret, std::string_view id) {
  return secret.size() == kProcessSecretBytes && FingerprintOf(secret) == id;
}

}  // namespace syncline::crypto
