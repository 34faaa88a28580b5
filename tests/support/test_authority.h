// A certificate authority of one test.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

#include "common/auth/scratch_file.h"

namespace syncline::testing {

// A certificate and its key, as PEM texts.
struct IssuedCertificate {
  std::string certificate;
  std::string key;
};

class TestAuthority {
 public:
  TestAuthority();

  // Its own certificate.
  const std::string& pem() const { return pem_; }
  // Its private key.
  std::string key_pem() const;
  // A file that holds the certificate.
  const std::string& path() const { return file_.path(); }
  // One for a server: `names` as in "DNS:localhost,IP:127.0.0.1". Negative `valid_seconds`: it has
  // ended already.
  IssuedCertificate Issue(const std::string& names, long valid_seconds = 3600) const;

 private:
  struct FreeKey {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  };
  struct FreeCertificate {
    void operator()(X509* certificate) const { X509_free(certificate); }
  };

  std::unique_ptr<EVP_PKEY, FreeKey> key_;
  std::unique_ptr<X509, FreeCertificate> certificate_;
  std::string pem_;
  auth::ScratchFile file_;
};

// The files of a server's certificate and key.
class CertificateFiles {
 public:
  explicit CertificateFiles(const IssuedCertificate& issued) { Write(issued); }

  void Write(const IssuedCertificate& issued) const {
    certificate_.Write(issued.certificate);
    key_.Write(issued.key);
  }
  const std::string& certificate() const { return certificate_.path(); }
  const std::string& key() const { return key_.path(); }

 private:
  auth::ScratchFile certificate_, key_;
};

}  // namespace syncline::testing
