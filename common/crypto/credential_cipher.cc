#include "common/crypto/credential_cipher.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/crypto/aes_gcm.h"

namespace syncline::crypto {
namespace {

constexpr char kVersion = 1;
constexpr size_t kMaxKeyIdBytes = 32;
constexpr std::string_view kPurpose = "syncline credential v1";

bool IsKeyId(std::string_view id) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  return !id.empty() && id.size() <= kMaxKeyIdBytes && std::all_of(id.begin(), id.end(), allowed);
}

// Every part behind its length, so that no two different lists of parts give the same bytes.
void AppendPart(std::string_view part, std::string& out) {
  const auto size = static_cast<uint64_t>(part.size());
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(size >> shift));
  out.append(part);
}

std::string AssociatedData(std::string_view integration_id, std::string_view name,
                           std::string_view key_id) {
  std::string data;
  for (const std::string_view part : {kPurpose, integration_id, name, key_id}) {
    AppendPart(part, data);
  }
  return data;
}

}  // namespace

absl::StatusOr<CredentialCipher::Key> CredentialCipher::ParseKey(std::string_view entry) {
  const size_t colon = entry.find(':');
  if (colon == std::string_view::npos) {
    return absl::InvalidArgumentError("has no ':', expected id:base64");
  }
  const std::string_view id = entry.substr(0, colon);
  if (!IsKeyId(id)) {
    return absl::InvalidArgumentError("its id must have 1 to 32 of A-Z a-z 0-9 . _ -");
  }
  const std::string_view text = entry.substr(colon + 1);
  std::string bytes;
  const bool decoded = absl::Base64Unescape(absl::string_view(text.data(), text.size()), &bytes);
  const size_t size = bytes.size();
  Key key{.id = std::string(id), .value = Secret(bytes)};
  OPENSSL_cleanse(bytes.data(), bytes.size());
  if (!decoded) return absl::InvalidArgumentError("its key is not base64");
  if (size != kAesKeyBytes) {
    return absl::InvalidArgumentError(fmt::format(
        "its key has {} bytes, expected {} (openssl rand -base64 32)", size, kAesKeyBytes));
  }
  return key;
}

absl::StatusOr<CredentialCipher> CredentialCipher::Create(std::string_view keys) {
  if (keys.empty()) {
    return absl::InvalidArgumentError("no key is given, expected id:base64,...");
  }
  std::vector<Key> parsed;
  std::vector<std::string> problems;
  const std::vector<absl::string_view> entries =
      absl::StrSplit(absl::string_view(keys.data(), keys.size()), ',');
  for (size_t i = 0; i < entries.size(); ++i) {
    absl::StatusOr<Key> key = ParseKey(std::string_view(entries[i].data(), entries[i].size()));
    if (key.ok() && std::any_of(parsed.begin(), parsed.end(),
                                [&](const Key& other) { return other.id == key->id; })) {
      key = absl::InvalidArgumentError("its id was already given");
    }
    if (key.ok()) {
      parsed.push_back(*std::move(key));
    } else {
      problems.push_back(fmt::format("entry {} of {}: {}", i + 1, entries.size(),
                                     std::string(key.status().message())));
    }
  }
  if (!problems.empty()) return absl::InvalidArgumentError(absl::StrJoin(problems, "; "));
  return CredentialCipher(std::move(parsed));
}

absl::StatusOr<std::string> CredentialCipher::Seal(std::string_view integration_id,
                                                   std::string_view name,
                                                   std::string_view plaintext) const {
  const Key& key = keys_.front();
  std::string nonce(kGcmNonceBytes, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(nonce.data()), static_cast<int>(nonce.size())) !=
      1) {
    return absl::InternalError("no random bytes to be had for sealing a credential");
  }
  absl::StatusOr<std::string> sealed = SealAesGcm(
      key.value.Reveal(), nonce, AssociatedData(integration_id, name, key.id), plaintext);
  if (!sealed.ok()) return sealed.status();
  std::string blob;
  blob.reserve(2 + key.id.size() + nonce.size() + sealed->size());
  blob.push_back(kVersion);
  blob.push_back(static_cast<char>(key.id.size()));
  blob.append(key.id).append(nonce).append(*sealed);
  return blob;
}

absl::StatusOr<Secret> CredentialCipher::Open(std::string_view integration_id,
                                              std::string_view name, std::string_view blob) const {
  const auto damaged = [&](std::string_view problem) {
    return absl::DataLossError(fmt::format(
        "credential '{}' of integration '{}' cannot be opened: {}", name, integration_id, problem));
  };
  if (blob.size() < 2) return damaged("it is cut off");
  if (blob[0] != kVersion) return damaged("its format version is unknown");
  const size_t id_size = static_cast<unsigned char>(blob[1]);
  if (blob.size() < 2 + id_size + kGcmNonceBytes + kGcmTagBytes) return damaged("it is cut off");
  const std::string_view key_id = blob.substr(2, id_size);
  if (!IsKeyId(key_id)) return damaged("its key id is malformed");
  const auto key = std::find_if(keys_.begin(), keys_.end(),
                                [&](const Key& candidate) { return candidate.id == key_id; });
  if (key == keys_.end()) {
    return absl::FailedPreconditionError(
        fmt::format("credential '{}' of integration '{}' was sealed with key '{}', which is not in "
                    "SYNC_ENCRYPTION_KEYS",
                    name, integration_id, key_id));
  }
  const std::string_view nonce = blob.substr(2 + id_size, kGcmNonceBytes);
  const std::string_view sealed = blob.substr(2 + id_size + kGcmNonceBytes);
  absl::StatusOr<Secret> opened =
      OpenAesGcm(key->value.Reveal(), nonce, AssociatedData(integration_id, name, key_id), sealed);
  if (absl::IsDataLoss(opened.status())) {
    return damaged("it is damaged or belongs to another integration or name");
  }
  return opened;
}

}  // namespace syncline::crypto
