// A server's certificate with its key, as OpenSSL and gRPC take them.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "common/crypto/secret.h"

namespace syncline::tls {

struct FreeX509 {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using X509Pointer = std::unique_ptr<X509, FreeX509>;

// Every certificate of a PEM text, in its order; none when one of them is broken.
std::vector<X509Pointer> ParseCertificates(std::string_view pem);

// Immutable; any thread.
class Certificate {
 public:
  // What is wrong, for the caller to say where.
  enum class Problem { kNone, kNoCertificate, kNoKey, kNotItsKey };

  // `chain_pem`: the server's certificate, then those that lead from it to an authority. `key_pem`:
  // its private key, not encrypted. Null with a problem.
  static std::shared_ptr<const Certificate> Parse(std::string_view chain_pem,
                                                  const crypto::Secret& key_pem, Problem* problem);

  const std::string& chain_pem() const { return chain_pem_; }
  const crypto::Secret& key_pem() const { return key_pem_; }

  // The server's own, then the others.
  const std::vector<X509Pointer>& chain() const { return chain_; }
  EVP_PKEY* key() const { return key_.get(); }

  // When the server's own certificate ends.
  absl::Time not_after() const;

 private:
  Certificate() = default;
  std::string chain_pem_;
  crypto::Secret key_pem_;
  std::vector<X509Pointer> chain_;
  std::unique_ptr<EVP_PKEY, FreeKey> key_;
};

}  // namespace syncline::tls
