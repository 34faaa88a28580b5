// Hashes that only holders of SYNC_ENCRYPTION_KEYS can make (HMAC-SHA-256), with a key of its own
// for each purpose. The first key makes them and all are recognised, so that keys can be replaced
// one scheduler after the other.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/crypto/secret.h"

namespace syncline::scheduler {

// Immutable; any thread.
class KeyedHash {
 public:
  // `keys` is the value of SYNC_ENCRYPTION_KEYS; two purposes never give the same hash.
  KeyedHash(std::string_view keys, std::string_view purpose);

  // 32 bytes by the first key.
  std::string Make(std::string_view data) const;
  // The same by every key, the first one first.
  std::vector<std::string> MakeAll(std::string_view data) const;
  // Whether `hash` (or, when it is shorter, what it begins with, at least 16 bytes) is one of
  // `data`. Constant time.
  bool Recognises(std::string_view data, std::string_view hash) const;

 private:
  std::vector<crypto::Secret> keys_;  // at least one
};

}  // namespace syncline::scheduler
