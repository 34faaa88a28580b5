#include "common/crypto/credential_cipher.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"

namespace syncline::crypto {
namespace {

constexpr std::string_view kIntegration = "018f2a6e-1111-7000-8000-000000000001";
constexpr std::string_view kCanary = "CANARY-credential-value";

std::string Base64Key(char fill, size_t bytes = 32) {
  return absl::Base64Escape(std::string(bytes, fill));
}

CredentialCipher Cipher(const std::string& keys) {
  auto cipher = CredentialCipher::Create(keys);
  EXPECT_TRUE(cipher.ok()) << cipher.status();
  return *std::move(cipher);
}

std::string Sealed(const CredentialCipher& cipher, std::string_view integration,
                   std::string_view name, std::string_view plaintext) {
  auto blob = cipher.Seal(integration, name, plaintext);
  EXPECT_TRUE(blob.ok()) << blob.status();
  return *std::move(blob);
}

TEST(CredentialCipherTest, OpensWhatItSealed) {
  const CredentialCipher cipher = Cipher("k1:" + Base64Key('a'));
  for (const std::string& plaintext : {std::string(), std::string(kCanary),
                                       std::string("a\0b\xff", 4), std::string(1 << 20, 'x')}) {
    const std::string blob = Sealed(cipher, kIntegration, "token", plaintext);
    const auto opened = cipher.Open(kIntegration, "token", blob);
    ASSERT_TRUE(opened.ok()) << opened.status();
    EXPECT_EQ(opened->Reveal(), plaintext);
  }
}

TEST(CredentialCipherTest, TheBlobHasTheDocumentedParts) {
  const CredentialCipher cipher = Cipher("k1:" + Base64Key('a'));
  const std::string blob = Sealed(cipher, kIntegration, "token", kCanary);
  EXPECT_EQ(blob.size(), 1 + 1 + 2 + 12 + kCanary.size() + 16);
  EXPECT_EQ(blob.substr(0, 4), std::string("\x01\x02k1"));
  EXPECT_EQ(blob.find("CANARY"), std::string::npos);
}

TEST(CredentialCipherTest, ABlobMadeElsewhereOpens) {
  // Made with another implementation of AES-GCM (Python's cryptography) from the documented format,
  // key 32 x 'a' and nonce 00..0b: the format is in databases and may not change unnoticed.
  const std::string blob = absl::HexStringToBytes(
      "01026b31000102030405060708090a0b"
      "c17b8895358a2e8464e1aa15f1db211f609f0105f1");
  const auto opened = Cipher("k1:" + Base64Key('a')).Open("integration", "token", blob);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->Reveal(), "value");
}

TEST(CredentialCipherTest, EverySealHasItsOwnNonce) {
  const CredentialCipher cipher = Cipher("k1:" + Base64Key('a'));
  std::set<std::string> nonces;
  for (int i = 0; i < 20'000; ++i) {
    nonces.insert(Sealed(cipher, kIntegration, "token", "x").substr(4, 12));
  }
  EXPECT_EQ(nonces.size(), 20'000U);
}

TEST(CredentialCipherTest, AChangedBitOfAnyByteIsNoticed) {
  const CredentialCipher cipher = Cipher("k1:" + Base64Key('a'));
  const std::string blob = Sealed(cipher, kIntegration, "token", kCanary);
  for (size_t i = 0; i < blob.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = blob;
      changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
      const auto opened = cipher.Open(kIntegration, "token", changed);
      ASSERT_FALSE(opened.ok()) << "byte " << i << " bit " << bit;
      EXPECT_EQ(opened.status().message().find("CANARY"), absl::string_view::npos);
    }
  }
}

TEST(CredentialCipherTest, AnyCutIsNoticed) {
  const CredentialCipher cipher = Cipher("k1:" + Base64Key('a'));
  const std::string blob = Sealed(cipher, kIntegration, "token", kCanary);
  for (size_t size = 0; size < blob.size(); ++size) {
    EXPECT_TRUE(absl::IsDataLoss(cipher.Open(kIntegration, "token", blob.substr(0, size)).status()))
        << size;
  }
  EXPECT_TRUE(absl::IsDataLoss(cipher.Open(kIntegration, "token", blob + "x").status()));
}

TEST(CredentialCipherTest, ABlobOpensOnlyWhereItWasSealedFor) {
  const CredentialCipher cipher = Cipher("k1:" + Base64Key('a'));
  const std::string first = Sealed(cipher, "one", "token", kCanary);
  const std::string second = Sealed(cipher, "two", "token", "other");
  EXPECT_TRUE(absl::IsDataLoss(cipher.Open("two", "token", first).status()));
  EXPECT_TRUE(absl::IsDataLoss(cipher.Open("one", "token", second).status()));
  EXPECT_TRUE(absl::IsDataLoss(cipher.Open("one", "password", first).status()));
  // The border between the two names counts as well.
  EXPECT_TRUE(absl::IsDataLoss(cipher.Open("on", "etoken", first).status()));
  EXPECT_TRUE(cipher.Open("one", "token", first).ok());
}

TEST(CredentialCipherTest, AKeyIsReplacedByPuttingANewOneInFront) {
  const std::string old_key = "old:" + Base64Key('a');
  const std::string new_key = "new:" + Base64Key('b');
  const std::string old_blob = Sealed(Cipher(old_key), kIntegration, "token", kCanary);

  const CredentialCipher both = Cipher(new_key + "," + old_key);
  EXPECT_EQ(both.sealing_key_id(), "new");
  EXPECT_EQ(both.Open(kIntegration, "token", old_blob)->Reveal(), kCanary);
  const std::string new_blob = Sealed(both, kIntegration, "token", kCanary);

  const CredentialCipher only_new = Cipher(new_key);
  EXPECT_EQ(only_new.Open(kIntegration, "token", new_blob)->Reveal(), kCanary);
  const absl::Status retired = only_new.Open(kIntegration, "token", old_blob).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(retired));
  EXPECT_NE(retired.message().find("'old'"), absl::string_view::npos) << retired;
}

TEST(CredentialCipherTest, TheSameIdWithAnotherKeyDoesNotOpen) {
  const std::string blob = Sealed(Cipher("k1:" + Base64Key('a')), kIntegration, "token", kCanary);
  EXPECT_TRUE(
      absl::IsDataLoss(Cipher("k1:" + Base64Key('b')).Open(kIntegration, "token", blob).status()));
}

struct BadKeys {
  std::string name;
  std::string keys;
  std::string expected;
};

class BadKeysTest : public testing::TestWithParam<BadKeys> {};

TEST_P(BadKeysTest, TheEntryIsNamedByItsNumberAndNotShown) {
  const auto cipher = CredentialCipher::Create(GetParam().keys);
  ASSERT_FALSE(cipher.ok());
  EXPECT_TRUE(absl::IsInvalidArgument(cipher.status()));
  const std::string message(cipher.status().message());
  EXPECT_NE(message.find(GetParam().expected), std::string::npos) << message;
  EXPECT_EQ(message.find('\n'), std::string::npos);
  for (const char* secret : {"CANARY", "YWFh", "YmJi"}) {
    EXPECT_EQ(message.find(secret), std::string::npos) << message;
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, BadKeysTest,
    testing::Values(
        BadKeys{"empty", "", "no key is given"},
        BadKeys{"no_colon", "CANARY", "entry 1 of 1: has no ':'"},
        BadKeys{"second_has_no_colon", "k1:" + Base64Key('a') + ",CANARY", "entry 2 of 2: has no"},
        BadKeys{
            "all_that_are_bad", "CANARY,k1:" + Base64Key('a') + ",k2:CANARY!",
            "entry 1 of 3: has no ':', expected id:base64; entry 3 of 3: its key is not base64"},
        BadKeys{"trailing_comma", "k1:" + Base64Key('a') + ",", "entry 2 of 2: has no ':'"},
        BadKeys{"no_id", ":" + Base64Key('a'), "entry 1 of 1: its id"},
        BadKeys{"turned_round", Base64Key('a') + ":k1", "entry 1 of 1: its id"},
        BadKeys{"id_with_space", "CANARY 1:" + Base64Key('a'), "entry 1 of 1: its id"},
        BadKeys{"not_base64", "k1:CANARY!", "entry 1 of 1: its key is not base64"},
        BadKeys{"too_short", "k1:" + Base64Key('a', 16), "its key has 16 bytes, expected 32"},
        BadKeys{"too_long", "k1:" + Base64Key('a', 33), "its key has 33 bytes, expected 32"},
        BadKeys{"no_key", "k1:", "its key has 0 bytes"},
        BadKeys{"twice_the_same_id", "k1:" + Base64Key('a') + ",k1:" + Base64Key('b'),
                "entry 2 of 2: its id was already given"}),
    [](const auto& param) { return param.param.name; });

}  // namespace
}  // namespace syncline::crypto
