#include "common/tls/server_identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/auth/scratch_file.h"
#include "common/base/fake_clock.h"
#include "common/tls/settings.h"
#include "common/tls/trusted_roots.h"
#include "tests/support/test_authority.h"

namespace syncline::tls {
namespace {

using ::syncline::testing::IssuedCertificate;
using ::syncline::testing::TestAuthority;
using ::testing::HasSubstr;
using ::testing::Not;

class ServerIdentityTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::shared_ptr<ServerIdentity>> Open() {
    return ServerIdentity::Open(certificate_.path(), key_.path(), &clock_);
  }
  void Write(const IssuedCertificate& issued) {
    certificate_.Write(issued.certificate);
    key_.Write(issued.key);
  }

  const TestAuthority authority_;
  const IssuedCertificate first_ = authority_.Issue("DNS:first");
  const IssuedCertificate second_ = authority_.Issue("DNS:second");
  FakeClock clock_;
  auth::ScratchFile certificate_, key_;
};

TEST_F(ServerIdentityTest, KeepsTheWholeChain) {
  Write({first_.certificate + authority_.pem(), first_.key});
  const auto identity = Open();
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_EQ((*identity)->Current()->chain().size(), 2);
}

TEST_F(ServerIdentityTest, BadFilesAreOneLineThatNamesTheSettingAndNotWhatStandsThere) {
  const std::string half = first_.certificate.substr(0, first_.certificate.size() / 2);
  const struct {
    const char* name;
    IssuedCertificate files;
    const char* says;
  } cases[] = {
      {"no certificate", {"hello", first_.key}, "SYNC_TLS_CERT: "},
      {"half a certificate", {half, first_.key}, "holds no certificate"},
      {"a chain that breaks off", {first_.certificate + half, first_.key}, "holds no certificate"},
      {"no key", {first_.certificate, "CANARY"}, "SYNC_TLS_KEY: "},
      {"another one's key", {first_.certificate, second_.key}, "is not the key of"},
      {"empty files", {"", ""}, "SYNC_TLS_CERT: "},
  };
  for (const auto& c : cases) {
    Write(c.files);
    const auto identity = Open();
    ASSERT_FALSE(identity.ok()) << c.name;
    EXPECT_THAT(std::string(identity.status().message()), HasSubstr(c.says)) << c.name;
    EXPECT_THAT(std::string(identity.status().message()), Not(HasSubstr("CANARY")));
    EXPECT_THAT(std::string(identity.status().message()), Not(HasSubstr("\n")));
  }
  const auto missing = ServerIdentity::Open("/no/such/file", key_.path(), &clock_);
  EXPECT_THAT(std::string(missing.status().message()),
              HasSubstr("SYNC_TLS_CERT: cannot read /no/such/file"));
}

TEST_F(ServerIdentityTest, ANewPairCountsOnceBothFilesAreThere) {
  Write(first_);
  const auto identity = *Open();
  const auto before = identity->Current();
  certificate_.Write(second_.certificate);
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(identity->Current(), before) << "the key is still the old one's";
  key_.Write(second_.key);
  EXPECT_EQ(identity->Current(), before) << "looked at less than a second ago";
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(identity->Current()->chain_pem(), second_.certificate);
}

TEST_F(ServerIdentityTest, BadNewFilesLeaveThePairAsItWas) {
  Write(first_);
  const auto identity = *Open();
  key_.Write("nothing");
  certificate_.Write(second_.certificate);
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(identity->Current()->chain_pem(), first_.certificate);
  key_.Write(second_.key);
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(identity->Current()->chain_pem(), second_.certificate);
}

TEST_F(ServerIdentityTest, TheSettingsAreBothOrNeither) {
  Write(first_);
  EXPECT_EQ(*OpenServerIdentity({}, &clock_), nullptr);
  EXPECT_EQ(OpenServerIdentity({certificate_.path(), ""}, &clock_).status().message(),
            "SYNC_TLS_CERT needs SYNC_TLS_KEY beside it");
  EXPECT_EQ(OpenServerIdentity({"", key_.path()}, &clock_).status().message(),
            "SYNC_TLS_KEY needs SYNC_TLS_CERT beside it");
  EXPECT_NE(*OpenServerIdentity({certificate_.path(), key_.path()}, &clock_), nullptr);
}

TEST_F(ServerIdentityTest, TrustedRootsMustBeCertificates) {
  certificate_.Write(authority_.pem() + first_.certificate);
  EXPECT_EQ(*ReadTrustedRoots(certificate_.path()), authority_.pem() + first_.certificate);
  certificate_.Write(first_.key);
  EXPECT_THAT(std::string(ReadTrustedRoots(certificate_.path()).status().message()),
              HasSubstr("SYNC_TLS_CA: "));
}

}  // namespace
}  // namespace syncline::tls
