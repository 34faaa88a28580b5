// HttpClient and certificates: what is trusted, and what is not.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <thread>

#include "executor/http/fetch_fixture.h"

namespace syncline::executor {
namespace {

using testing::HasSubstr;

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeCertificate {
  void operator()(X509* certificate) const { X509_free(certificate); }
};

// A certificate that vouches for itself.
struct Identity {
  std::unique_ptr<EVP_PKEY, FreeKey> key;
  std::unique_ptr<X509, FreeCertificate> certificate;
};

Identity MakeIdentity(const std::string& names, long valid_from_seconds, long valid_to_seconds) {
  Identity identity;
  identity.key.reset(EVP_EC_gen("P-256"));
  identity.certificate.reset(X509_new());
  X509* certificate = identity.certificate.get();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), valid_from_seconds);
  X509_gmtime_adj(X509_getm_notAfter(certificate), valid_to_seconds);
  X509_set_pubkey(certificate, identity.key.get());
  X509_NAME* subject = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("syncline test"), -1, -1, 0);
  X509_set_issuer_name(certificate, subject);
  for (const auto& [kind, value] : {std::pair<int, std::string>{NID_subject_alt_name, names},
                                    {NID_basic_constraints, "critical,CA:TRUE"}}) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }
  X509_sign(certificate, identity.key.get(), EVP_sha256());
  return identity;
}

// A file with the certificate, for as long as this lives.
class CertificateFile {
 public:
  explicit CertificateFile(const Identity& identity) {
    FILE* file = fdopen(mkstemp(path_), "w");
    PEM_write_X509(file, identity.certificate.get());
    fclose(file);
  }
  ~CertificateFile() { unlink(path_); }
  std::string path() const { return path_; }

 private:
  char path_[32] = "/tmp/syncline-ca-XXXXXX";
};

class TlsServer {
 public:
  TlsServer(const Identity& identity, int newest_version)
      : server_([&](SSL_CTX& context) {
          SSL_CTX_use_certificate(&context, identity.certificate.get());
          SSL_CTX_use_PrivateKey(&context, identity.key.get());
          SSL_CTX_set_security_level(&context, 0);
          SSL_CTX_set_min_proto_version(&context, TLS1_VERSION);
          SSL_CTX_set_max_proto_version(&context, newest_version);
          return true;
        }) {
    server_.Get("/", [](const httplib::Request&, httplib::Response& response) {
      response.set_content("secure", "text/plain");
    });
    server_.set_keep_alive_max_count(1'000);
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
  }
  ~TlsServer() {
    server_.stop();
    thread_.join();
  }
  std::string url() const { return fmt::format("https://127.0.0.1:{}/", port_); }

 private:
  httplib::SSLServer server_;
  int port_ = 0;
  std::thread thread_;
};

constexpr long kHour = 3600;

struct TlsCase {
  std::string name;
  std::string names;
  long valid_from_seconds;
  long valid_to_seconds;
  bool trusted;
  int newest_version;
  std::string expected;
  std::string message;
};

class TlsTest : public testing::TestWithParam<TlsCase> {};

TEST_P(TlsTest, OnlyATrustedServerIsTalkedTo) {
  const TlsCase& row = GetParam();
  const Identity identity = MakeIdentity(row.names, row.valid_from_seconds, row.valid_to_seconds);
  const CertificateFile authority(identity);
  TlsServer server(identity, row.newest_version);
  const auto client = MakeClient("127.0.0.0/8", {.ca_file = row.trusted ? authority.path() : ""});
  const FetchResult result = FetchAndWait(*client, RequestTo(server.url()));
  EXPECT_EQ(OutcomeOf(result), row.expected) << MessageOf(result);
  EXPECT_THAT(MessageOf(result), HasSubstr(row.message));
}

INSTANTIATE_TEST_SUITE_P(
    All, TlsTest,
    testing::Values(
        TlsCase{"trusted", "IP:127.0.0.1", -kHour, kHour, true, TLS1_3_VERSION, "response 200", ""},
        TlsCase{"trusted_1_2", "IP:127.0.0.1", -kHour, kHour, true, TLS1_2_VERSION, "response 200",
                ""},
        TlsCase{"too_old_version", "IP:127.0.0.1", -kHour, kHour, true, TLS1_1_VERSION, "tls", ""},
        TlsCase{"unknown_authority", "IP:127.0.0.1", -kHour, kHour, false, TLS1_3_VERSION, "tls",
                "self-signed certificate"},
        TlsCase{"expired", "IP:127.0.0.1", -2 * kHour, -kHour, true, TLS1_3_VERSION, "tls",
                "certificate has expired"},
        TlsCase{"not_yet_valid", "IP:127.0.0.1", kHour, 2 * kHour, true, TLS1_3_VERSION, "tls",
                "not yet valid"},
        TlsCase{"another_host", "DNS:api.example.com", -kHour, kHour, true, TLS1_3_VERSION, "tls",
                "another host"}),
    [](const auto& param) { return param.param.name; });

TEST(TlsTest, ConnectionsAreUsedAgain) {
  const Identity identity = MakeIdentity("IP:127.0.0.1", -kHour, kHour);
  const CertificateFile authority(identity);
  TlsServer server(identity, TLS1_3_VERSION);
  const auto client = MakeClient("127.0.0.0/8", {.ca_file = authority.path()});
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(OutcomeOf(FetchAndWait(*client, RequestTo(server.url()))), "response 200");
  }
  EXPECT_EQ(client->stats().connections, 1);
}

}  // namespace
}  // namespace syncline::executor
