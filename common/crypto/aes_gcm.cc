#include "common/crypto/aes_gcm.h"

#include <openssl/evp.h>

#include <climits>
#include <memory>

#include "absl/status/status.h"

namespace syncline::crypto {
namespace {

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

bool FitsLibrary(std::string_view text) { return text.size() <= INT_MAX; }

}  // namespace

absl::StatusOr<std::string> SealAesGcm(std::string_view key, std::string_view nonce,
                                       std::string_view associated_data,
                                       std::string_view plaintext) {
  if (key.size() != kAesKeyBytes || nonce.size() != kGcmNonceBytes ||
      !FitsLibrary(associated_data) || !FitsLibrary(plaintext)) {
    return absl::InternalError("AES-256-GCM: a parameter has the wrong size");
  }
  const Context context(EVP_CIPHER_CTX_new());
  std::string sealed(plaintext.size() + kGcmTagBytes, '\0');
  auto* out = reinterpret_cast<unsigned char*>(sealed.data());
  int written = 0;
  int last = 0;
  const bool done =
      context != nullptr &&
      EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, Bytes(key), Bytes(nonce)) ==
          1 &&
      EVP_EncryptUpdate(context.get(), nullptr, &written, Bytes(associated_data),
                        static_cast<int>(associated_data.size())) == 1 &&
      EVP_EncryptUpdate(context.get(), out, &written, Bytes(plaintext),
                        static_cast<int>(plaintext.size())) == 1 &&
      EVP_EncryptFinal_ex(context.get(), out + written, &last) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(kGcmTagBytes),
                          out + plaintext.size()) == 1;
  if (!done) return absl::InternalError("AES-256-GCM: the library could not encrypt");
  return sealed;
}

absl::StatusOr<Secret> OpenAesGcm(std::string_view key, std::string_view nonce,
                                  std::string_view associated_data, std::string_view sealed) {
  if (key.size() != kAesKeyBytes || nonce.size() != kGcmNonceBytes ||
      !FitsLibrary(associated_data) || !FitsLibrary(sealed)) {
    return absl::InternalError("AES-256-GCM: a parameter has the wrong size");
  }
  if (sealed.size() < kGcmTagBytes) return absl::DataLossError("shorter than its tag");
  const std::string_view ciphertext = sealed.substr(0, sealed.size() - kGcmTagBytes);
  std::string tag(sealed.substr(ciphertext.size()));
  const Context context(EVP_CIPHER_CTX_new());
  std::string plaintext(ciphertext.size() + kGcmTagBytes, '\0');
  auto* out = reinterpret_cast<unsigned char*>(plaintext.data());
  int written = 0;
  int last = 0;
  const bool done = context != nullptr &&
                    EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, Bytes(key),
                                       Bytes(nonce)) == 1 &&
                    EVP_DecryptUpdate(context.get(), nullptr, &written, Bytes(associated_data),
                                      static_cast<int>(associated_data.size())) == 1 &&
                    EVP_DecryptUpdate(context.get(), out, &written, Bytes(ciphertext),
                                      static_cast<int>(ciphertext.size())) == 1 &&
                    EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG,
                                        static_cast<int>(kGcmTagBytes), tag.data()) == 1 &&
                    EVP_DecryptFinal_ex(context.get(), out + written, &last) == 1;
  Secret opened =
      done ? Secret(std::string_view(plaintext).substr(0, ciphertext.size())) : Secret();
  OPENSSL_cleanse(plaintext.data(), plaintext.size());
  if (!done) return absl::DataLossError("its authentication tag does not fit");
  return opened;
}

}  // namespace syncline::crypto
