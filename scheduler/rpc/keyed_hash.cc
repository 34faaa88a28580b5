#include "scheduler/rpc/keyed_hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstdlib>

#include "common/base/log.h"

namespace syncline::scheduler {
namespace {

constexpr std::size_t kShortestHash = 16;

std::string Hmac(std::string_view key, std::string_view data) {
  unsigned char hash[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(data.data()), data.size(), hash,
           &length) == nullptr) {
    LogError("OpenSSL cannot hash");  // out of memory; without it no token can be made or trusted
    std::abort();
  }
  return std::string(reinterpret_cast<const char*>(hash), length);
}

}  // namespace

KeyedHash::KeyedHash(std::string_view keys, std::string_view purpose) {
  const std::string label = "syncline " + std::string(purpose);
  for (std::size_t begin = 0; begin <= keys.size();) {
    const std::size_t end = std::min(keys.find(',', begin), keys.size());
    keys_.emplace_back(Hmac(keys.substr(begin, end - begin), label));
    begin = end + 1;
  }
}

std::string KeyedHash::Make(std::string_view data) const {
  return Hmac(keys_.front().Reveal(), data);
}

std::vector<std::string> KeyedHash::MakeAll(std::string_view data) const {
  std::vector<std::string> hashes;
  for (const crypto::Secret& key : keys_) hashes.push_back(Hmac(key.Reveal(), data));
  return hashes;
}

bool KeyedHash::Recognises(std::string_view data, std::string_view hash) const {
  if (hash.size() < kShortestHash) return false;
  for (const std::string& made : MakeAll(data)) {
    if (hash.size() <= made.size() && CRYPTO_memcmp(made.data(), hash.data(), hash.size()) == 0)
      return true;
  }
  return false;
}

}  // namespace syncline::scheduler
