#include "common/tls/certificate.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <ctime>

namespace syncline::tls {
namespace {

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using BioPointer = std::unique_ptr<BIO, FreeBio>;

BioPointer Reader(std::string_view text) {
  return BioPointer(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// An encrypted key is no key: OpenSSL would ask for its password on the terminal.
int NoPassword(char*, int, int, void*) { return -1; }

}  // namespace

std::vector<X509Pointer> ParseCertificates(std::string_view pem) {
  std::vector<X509Pointer> certificates;
  const BioPointer reader = Reader(pem);
  while (X509* certificate = PEM_read_bio_X509(reader.get(), nullptr, NoPassword, nullptr))
    certificates.emplace_back(certificate);
  // The text's end is told as an error too.
  const unsigned long error = ERR_peek_last_error();
  const bool whole =
      ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (!whole) certificates.clear();
  return certificates;
}

std::shared_ptr<const Certificate> Certificate::Parse(std::string_view chain_pem,
                                                      const crypto::Secret& key_pem,
                                                      Problem* problem) {
  std::shared_ptr<Certificate> certificate(new Certificate);
  certificate->chain_pem_ = chain_pem;
  certificate->key_pem_ = key_pem;
  certificate->chain_ = ParseCertificates(chain_pem);
  *problem = Problem::kNoCertificate;
  if (certificate->chain_.empty()) return nullptr;
  const BioPointer reader = Reader(key_pem.Reveal());
  certificate->key_.reset(PEM_read_bio_PrivateKey(reader.get(), nullptr, NoPassword, nullptr));
  ERR_clear_error();
  *problem = Problem::kNoKey;
  if (certificate->key_ == nullptr) return nullptr;
  *problem = Problem::kNotItsKey;
  const bool its_key =
      X509_check_private_key(certificate->chain_[0].get(), certificate->key_.get()) == 1;
  ERR_clear_error();
  if (!its_key) return nullptr;
  *problem = Problem::kNone;
  return certificate;
}

absl::Time Certificate::not_after() const {
  std::tm end{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(chain_[0].get()), &end) != 1) return absl::InfinitePast();
  return absl::FromTM(end, absl::UTCTimeZone());
}

}  // namespace syncline::tls
