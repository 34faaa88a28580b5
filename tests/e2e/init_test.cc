// The containers' init, as its image runs it, but for the folders: what it gives to the parts is
// what the programs take, and what they would not take it gives to none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/x509v3.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "common/auth/bearer_token.h"
#include "common/auth/token_file.h"
#include "common/base/clock.h"
#include "common/crypto/credential_cipher.h"
#include "common/tls/certificate.h"
#include "common/tls/trusted_roots.h"
#include "tests/support/child_process.h"

namespace syncline::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string ReadFile(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

class Init : public ::testing::Test {
 public:
  Init() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "syncline-init-XXXXXX").string();
    root_ = mkdtemp(pattern.data());
    for (const char* folder :
         {"operator", "state", "bin", "parts/postgres", "parts/database-roles", "parts/migrate",
          "parts/sync-scheduler", "parts/sync-executor", "parts/sync-gateway", "parts/client"}) {
      std::filesystem::create_directories(root_ + "/" + folder);
    }
    std::filesystem::create_symlink(SYNC_SCHEDULER_BINARY, root_ + "/bin/sync-scheduler");
    // Files stay those of whoever runs the test.
    std::filesystem::create_symlink("/bin/true", root_ + "/bin/chown");
  }
  ~Init() override { std::filesystem::remove_all(root_); }

 protected:
  // Its exit status; its words are in `said_`.
  std::optional<int> Run(std::vector<std::string> words = {"make"}, const std::string& host = "") {
    words.insert(words.begin(), SYNCLINE_INIT);
    ChildProcess child({.command = words,
                        .environment = {{"INIT_ROOT", root_},
                                        {"PATH", root_ + "/bin:/usr/local/bin:/usr/bin:/bin"},
                                        {"SYNCLINE_HOST", host},
                                        {"SYNCLINE_SECRETS", "./my secrets&|"}},
                        .log_file = root_ + "/said",
                        .run_as = {}});
    const auto status = child.Wait(absl::Seconds(60));
    said_ = ReadFile(root_ + "/said");
    std::filesystem::remove(root_ + "/said");
    return status;
  }
  void Give(const std::string& name, const std::string& text) const {
    std::ofstream(root_ + "/operator/" + name, std::ios::binary) << text;
  }
  std::string Part(const std::string& part, const std::string& file) const {
    return root_ + "/parts/" + part + "/" + file;
  }
  // Every file below a folder, with its text.
  std::map<std::string, std::string> FilesOf(const std::string& folder) const {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root_ + "/" + folder)) {
      if (entry.is_regular_file()) files[entry.path().string()] = ReadFile(entry.path().string());
    }
    return files;
  }
  std::shared_ptr<const tls::Certificate> CertificateOf(const std::string& part) const {
    tls::Certificate::Problem problem = tls::Certificate::Problem::kNone;
    auto pair = tls::Certificate::Parse(ReadFile(Part(part, "tls.crt")),
                                        crypto::Secret(ReadFile(Part(part, "tls.key"))), &problem);
    EXPECT_NE(pair, nullptr) << part << ": " << static_cast<int>(problem);
    return pair;
  }
  // Whose the token is that one part shows to another.
  std::string Shown(const std::string& part, const std::string& token, const std::string& to,
                    const std::string& list) const {
    const auto shown = auth::BearerToken::Open(Part(part, token), &clock_);
    const auto known = auth::TokenFile::Open(Part(to, list), &clock_);
    EXPECT_TRUE(shown.ok()) << shown.status();
    EXPECT_TRUE(known.ok()) << known.status();
    return known.ok() && shown.ok() ? (*known)->NameOf((*shown)->Get().Reveal()).value_or("nobody")
                                    : "";
  }
  void ExpectAllIsKnown() const {
    EXPECT_EQ(Shown("client", "api.token", "sync-scheduler", "api-tokens"), "admin");
    EXPECT_EQ(Shown("client", "api.token", "sync-gateway", "api-tokens"), "admin");
    EXPECT_EQ(Shown("sync-gateway", "api.token", "sync-scheduler", "api-tokens"), "gateway");
    EXPECT_EQ(Shown("sync-executor", "executor.token", "sync-scheduler", "executor-tokens"),
              "executor");
  }

  const SteadyClock clock_;
  std::string root_;
  std::string said_;
};

TEST_F(Init, MakesWhatTheProgramsTakeAndCanBeRepeated) {
  ASSERT_EQ(Run(), 0) << said_;
  ExpectAllIsKnown();
  std::string keys = ReadFile(Part("sync-executor", "encryption-keys"));
  keys.pop_back();  // its line end
  EXPECT_TRUE(crypto::CredentialCipher::Create(keys).ok());
  EXPECT_TRUE(tls::ReadTrustedRoots(Part("client", "ca.crt")).ok());
  for (const char* part : {"sync-scheduler", "sync-executor", "sync-gateway"}) CertificateOf(part);
  const auto before = FilesOf("parts");
  ASSERT_EQ(Run(), 0) << said_;
  EXPECT_TRUE(FilesOf("parts") == before) << said_;
}

// A backend elsewhere calls the schedulers by the host's name, a browser the gateway.
TEST_F(Init, TheHostIsANameOfSchedulerAndGateway) {
  const char* const host = "sync.example.com";
  ASSERT_EQ(Run({"make"}, host), 0) << said_;
  for (const char* part : {"sync-scheduler", "sync-gateway"}) {
    const auto pair = CertificateOf(part);
    for (const char* name : {host, part, "localhost"})
      EXPECT_EQ(X509_check_host(pair->chain()[0].get(), name, 0, 0, nullptr), 1)
          << part << " " << name;
  }
  EXPECT_EQ(X509_check_host(CertificateOf("sync-executor")->chain()[0].get(), host, 0, 0, nullptr),
            0);
  for (const char* address : {"192.0.2.7", "2001:db8::7"}) {
    ASSERT_EQ(Run({"make"}, address), 0) << said_;
    for (const char* part : {"sync-scheduler", "sync-gateway"})
      EXPECT_EQ(X509_check_ip_asc(CertificateOf(part)->chain()[0].get(), address, 0), 1) << part;
  }
}

TEST_F(Init, AHostThatIsNoNameIsSaid) {
  for (const char* host : {"https://sync.example.com", "sync.example.com:8080", "a,DNS:b", "a b"}) {
    EXPECT_EQ(Run({"make"}, host), 1) << host;
    EXPECT_THAT(said_, HasSubstr("init: SYNCLINE_HOST: expected one name or address")) << host;
    EXPECT_THAT(FilesOf("parts"), IsEmpty()) << host;
  }
}

TEST_F(Init, BadFilesOfTheOperatorsAreAllNamedAndNothingIsGiven) {
  Give("ca.crt", "CANARY junk\n");
  Give("encryption-keys", "k1:CANARY!\n");
  Give("api-tokens", "# ours\nCANARY\n");
  Give("executor-tokens", "CANARY\n");
  Give("executor.token", "CANARY of 32 characters and more, with spaces\n");
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"make"}, {"rotate", "gateway"}, {"retire", "gateway"}}) {
    EXPECT_EQ(Run(words), 1) << words[0];
    for (const char* line :
         {"ca.crt: expected certificates in PEM form", "encryption-keys: entry 1 of 1: its key is",
          "api-tokens: line 2: expected name:sha256",
          "executor-tokens: line 1: expected name:sha256",
          "executor.token does not hold a token; expected one line"}) {
      EXPECT_THAT(said_, HasSubstr(std::string("init: ./my secrets&|/") + line)) << words[0];
    }
    EXPECT_THAT(said_, HasSubstr("init: nothing was given to any part"));
    EXPECT_THAT(said_, Not(HasSubstr("CANARY")));
    EXPECT_THAT(said_, Not(HasSubstr(root_)));
    EXPECT_THAT(FilesOf("parts"), IsEmpty());
    EXPECT_THAT(FilesOf("state"), IsEmpty());
  }
}

TEST_F(Init, WhatWasGivenBeforeABadFileStays) {
  ASSERT_EQ(Run(), 0) << said_;
  const auto before = FilesOf("parts");
  Give("encryption-keys", "k1:AAAA\n");
  EXPECT_EQ(Run(), 1);
  EXPECT_TRUE(FilesOf("parts") == before) << said_;
}

// Without the key nothing can be signed: said before anybody gets the authority.
TEST_F(Init, AnAuthorityWithoutItsKeyNeedsEveryCertificate) {
  ASSERT_EQ(Run(), 0) << said_;
  const auto before = FilesOf("parts");
  std::filesystem::copy_file(root_ + "/state/ca.crt", root_ + "/operator/ca.crt");
  std::filesystem::rename(root_ + "/state/sync-gateway.crt", root_ + "/elsewhere");
  EXPECT_EQ(Run(), 1);
  EXPECT_THAT(said_, HasSubstr("sync-gateway.crt and sync-gateway.key are missing"));
  EXPECT_TRUE(FilesOf("parts") == before) << said_;
}

TEST_F(Init, ATokenOfTheOperatorsCountsWithWhiteSpaceAroundIt) {
  Give("executor.token", " an-executors-token-of-the-operators \r\n");
  Give("admin.token", "a-token-of-the-operators-for-clients\n");
  ASSERT_EQ(Run(), 0) << said_;
  ExpectAllIsKnown();
}

TEST_F(Init, AListOfExecutorsWithoutATokenMustKnowTheOneThatWasMade) {
  const std::string other = "other:sha256:" + std::string(64, 'a') + "\n";
  Give("executor-tokens", other);
  EXPECT_EQ(Run(), 1);
  EXPECT_THAT(said_, HasSubstr("/executor-tokens: no line is that of the token that init makes"));
  std::filesystem::remove(root_ + "/operator/executor-tokens");
  ASSERT_EQ(Run(), 0) << said_;
  Give("executor-tokens", other + ReadFile(root_ + "/state/executor.line"));
  ASSERT_EQ(Run(), 0) << said_;
  ExpectAllIsKnown();
}

}  // namespace
}  // namespace syncline::testing
