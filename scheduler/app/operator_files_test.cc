#include "scheduler/app/operator_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "absl/strings/str_join.h"
#include "common/auth/token_list.h"
#include "tests/support/test_authority.h"

namespace syncline::scheduler {
namespace {

using syncline::testing::IssuedCertificate;
using syncline::testing::TestAuthority;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

using Files = std::map<std::string, std::string>;

constexpr char kKey[] = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
constexpr char kBrokenPem[] = "-----BEGIN CERTIFICATE-----\nCANARY\n-----END CERTIFICATE-----\n";

class OperatorFilesTest : public ::testing::Test {
 public:
  OperatorFilesTest() { std::filesystem::create_directory(folder_); }
  ~OperatorFilesTest() override { std::filesystem::remove_all(folder_); }

 protected:
  std::vector<std::string> Check(const Files& files) {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directory(folder_);
    for (const auto& [name, text] : files)
      std::ofstream(folder_ + "/" + name, std::ios::binary) << text;
    return OperatorFileProblems(folder_);
  }

  static std::string Line(const std::string& name, const std::string& token) {
    return auth::TokenLine(name, token).value() + "\n";
  }

  const std::string folder_ = ::testing::TempDir() + "operator-files-" + std::to_string(getpid());
  const TestAuthority authority_;
  const TestAuthority other_;
  const IssuedCertificate server_ = authority_.Issue("DNS:sync-gateway");
  const std::string token_ = auth::NewToken();
  const Files good_ = {{"database-password", "p:a\\ss wörd\r\n"},
                       {"migrator-password", ""},  // as if it were not there
                       {"encryption-keys", "k2:" + std::string(kKey) + ",k1:" + kKey + "\n"},
                       {"api-tokens", "# of ours\n" + Line("billing", auth::NewToken())},
                       {"executor.token", " " + token_ + "\n"},
                       {"executor-tokens", Line("old", auth::NewToken()) + Line("fleet", token_)},
                       {"database-ca.crt", "Of the database\n" + other_.pem()},
                       {"ca.crt", authority_.pem() + other_.pem()},
                       {"ca.key", authority_.key_pem()},
                       {"sync-gateway.crt", server_.certificate + authority_.pem()},
                       {"sync-gateway.key", server_.key},
                       {"README", "CANARY"}};
};

TEST_F(OperatorFilesTest, GoodOnesAndNoneAreNoProblem) {
  EXPECT_THAT(Check(good_), IsEmpty());
  EXPECT_THAT(Check({}), IsEmpty());
}

TEST_F(OperatorFilesTest, EachBadOneIsNamedWithWhatWouldBeRight) {
  const std::string gateway = auth::NewToken();
  const struct {
    const char* name;
    Files changed;  // beside the good ones
    std::string says;
  } cases[] = {
      {"a password of two lines",
       {{"scheduler-password", "CANARY\nCANARY"}},
       "/scheduler-password: expected the password alone, in one line"},
      {"a password of a line end", {{"database-password", "\n"}}, "/database-password is empty"},
      {"keys",
       {{"encryption-keys", "k1:CANARY!,k2:" + std::string(kKey) + ",k3"}},
       "/encryption-keys: entry 1 of 3: its key is not base64; entry 3 of 3: has no ':', expected "
       "id:base64; expected one line"},
      {"keys on two lines",
       {{"encryption-keys", "k1:" + std::string(kKey) + "\nk2:" + kKey}},
       "/encryption-keys: entry 1 of 1"},
      {"lines of tokens",
       {{"api-tokens", Line("billing", token_) + "CANARY\n\nx:sha256:CANARY\n"}},
       "/api-tokens: line 2: expected name:sha256:<64 hex digits>, as `token NAME` prints it; "
       "line 4: expected"},
      {"no token", {{"api-tokens", "# CANARY\n"}}, "/api-tokens: it holds no token"},
      {"the gateway's name",
       {{"api-tokens", Line("gateway", auth::NewToken())}},
       "/api-tokens: a line has the name gateway"},
      {"the gateway's token",
       {{"gateway.token", gateway}, {"api-tokens", Line("backend", gateway)}},
       "the token of gateway.token"},
      {"one token for two",
       {{"gateway.token", gateway}, {"admin.token", gateway}, {"api-tokens", ""}},
       "/gateway.token: expected another token than that of admin.token"},
      {"an executor's token with a space",
       {{"executor.token", "CANARY " + token_}},
       "/executor.token does not hold a token; expected one line with 32 to 512 printable "
       "characters and no spaces"},
      {"a short token", {{"admin.token", "CANARY"}}, "/admin.token does not hold a token"},
      {"an executor's token without its line",
       {{"executor-tokens", Line("fleet", auth::NewToken())}},
       "/executor-tokens: no line is that of executor.token"},
      {"junk for an authority",
       {{"database-ca.crt", "CANARY"}},
       "/database-ca.crt: expected certificates in PEM form"},
      {"a broken authority behind a good one",
       {{"ca.crt", authority_.pem() + kBrokenPem}},
       "/ca.crt: line " +
           std::to_string(1 + std::count(authority_.pem().begin(), authority_.pem().end(), '\n')) +
           ": the certificate that begins here is broken"},
      {"a key for all",
       {{"database-ca.crt", other_.pem() + other_.key_pem()}},
       ": a private key does not belong here"},
      {"another authority's key",
       {{"ca.key", other_.key_pem()}},
       "/ca.key: it is not the key of the first certificate in ca.crt"},
      {"no certificate of the authority's key", {{"ca.crt", ""}}, "/ca.key: ca.crt is missing"},
      {"a server as authority",
       {{"ca.crt", server_.certificate}, {"ca.key", server_.key}},
       "/ca.crt: the first certificate is that of a server"},
      {"no key", {{"sync-gateway.key", ""}}, "/sync-gateway.crt: sync-gateway.key is missing"},
      {"no certificate",
       {{"sync-gateway.crt", ""}},
       "/sync-gateway.key: sync-gateway.crt is missing"},
      {"junk for a certificate",
       {{"sync-gateway.crt", "CANARY"}},
       "/sync-gateway.crt: expected certificates in PEM form"},
      {"junk for a key",
       {{"sync-gateway.key", "CANARY"}},
       "/sync-gateway.key: expected a private key in PEM form, not encrypted"},
      {"a folder", {}, "is not a file"},
  };
  for (const auto& c : cases) {
    Files files = good_;
    for (const auto& [name, text] : c.changed) files[name] = text;
    auto problems = Check(files);
    if (c.changed.empty()) {
      std::filesystem::create_directories(folder_ + "/sync-executor.crt/x");
      std::ofstream(folder_ + "/sync-executor.key") << server_.key;
      problems = OperatorFileProblems(folder_);
    }
    ASSERT_EQ(problems.size(), 1) << c.name << "\n" << absl::StrJoin(problems, "\n");
    EXPECT_THAT(problems[0], HasSubstr(c.says)) << c.name;
    EXPECT_THAT(problems[0], HasSubstr(folder_ + "/")) << c.name;
    EXPECT_THAT(problems[0], Not(HasSubstr("CANARY"))) << c.name;
    EXPECT_THAT(problems[0], Not(HasSubstr("\n"))) << c.name;
  }
}

TEST_F(OperatorFilesTest, AllBadOnesAreNamedAtOnce) {
  ::testing::internal::CaptureStderr();
  Check({{"encryption-keys", "CANARY"}, {"api-tokens", "CANARY"}, {"ca.crt", "CANARY"}});
  EXPECT_EQ(CheckOperatorFiles(folder_), 2);
  const std::string said = ::testing::internal::GetCapturedStderr();
  for (const char* name : {"/encryption-keys: ", "/api-tokens: ", "/ca.crt: "})
    EXPECT_THAT(said, HasSubstr(folder_ + name));
  EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 3) << said;
  EXPECT_EQ(CheckOperatorFiles(folder_ + "/none"), 2);
  Check(good_);
  EXPECT_EQ(CheckOperatorFiles(folder_), 0);
}

}  // namespace
}  // namespace syncline::scheduler
