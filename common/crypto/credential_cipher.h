// Encrypts credentials for storage (AES-256-GCM) and opens them again.
//
// A sealed credential is bound to its integration and name: copied to another row it does not open.
// Several keys may be known at once: the first one seals, all of them open, so a key is replaced by
// putting a new one in front and taking the old one away when nothing is sealed with it any more.
//
// Blob: version (1 byte, 1) | length of key id (1 byte) | key id | nonce (12) | ciphertext | tag
// (16). Associated data: "syncline credential v1", integration id, name, key id, each behind its
// length. Nonces are random, which is safe for up to 2^32 seals with one key (NIST SP
// 800-38D, 8.3).
//
// No error holds a key, a plaintext or a part of one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/crypto/secret.h"

namespace syncline::crypto {

// Immutable, so every function may be called from any thread.
class CredentialCipher {
 public:
  // `keys` is the value of SYNC_ENCRYPTION_KEYS: `id:base64` entries with commas between them. An
  // id has 1 to 32 of A-Z a-z 0-9 . _ - and is no secret; the base64 holds exactly 32 bytes.
  // INVALID_ARGUMENT names every wrong entry by its number, never by its text; where the keys came
  // from is for the caller to say.
  static absl::StatusOr<CredentialCipher> Create(std::string_view keys);

  // The blob for `plaintext`, with a fresh nonce, so that two calls never give the same. Both names
  // may be any text. INTERNAL if the machine has no randomness to give.
  absl::StatusOr<std::string> Seal(std::string_view integration_id, std::string_view name,
                                   std::string_view plaintext) const;

  // What was sealed for this integration and name.
  // FAILED_PRECONDITION: sealed with a key that is not configured (the message has its id).
  // DATA_LOSS: not a blob of ours, damaged, or sealed for another integration or name.
  absl::StatusOr<Secret> Open(std::string_view integration_id, std::string_view name,
                              std::string_view blob) const;

  // The id of the key that seals. Blobs with another one are due to be sealed again.
  const std::string& sealing_key_id() const { return keys_.front().id; }

 private:
  struct Key {
    std::string id;
    Secret value;
  };
  explicit CredentialCipher(std::vector<Key> keys) : keys_(std::move(keys)) {}
  static absl::StatusOr<Key> ParseKey(std::string_view entry);

  std::vector<Key> keys_;  // At least one; the first one seals.
};

}  // namespace syncline::crypto
