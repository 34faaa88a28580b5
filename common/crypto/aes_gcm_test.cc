#include "common/crypto/aes_gcm.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"

namespace syncline::crypto {
namespace {

std::string Hex(std::string_view text) {
  return absl::HexStringToBytes(absl::string_view(text.data(), text.size()));
}

struct Vector {
  std::string name;
  std::string key;
  std::string nonce;
  std::string associated_data;
  std::string plaintext;
  std::string ciphertext;
  std::string tag;
};

// Test cases 13 to 16 of "The Galois/Counter Mode of Operation (GCM)", McGrew and Viega, which NIST
// publishes for SP 800-38D: AES-256 with a nonce of 96 bits.
const Vector kVectors[] = {
    {"case_13_nothing", std::string(64, '0'), std::string(24, '0'), "", "", "",
     "530f8afbc74536b9a963b4f1c4cb738b"},
    {"case_14_one_block", std::string(64, '0'), std::string(24, '0'), "", std::string(32, '0'),
     "cea7403d4d606b6e074ec5d3baf39d18", "d0d1c8a799996bf0265b98b5d48ab919"},
    {"case_15_four_blocks", "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
     "cafebabefacedbaddecaf888", "",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b"
     "5"
     "25b16aedf5aa0de657ba637b391aafd255",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828"
     "838"
     "c5f61e6393ba7a0abcc9f662898015ad",
     "b094dac5d93471bdec1a502270e3cc6c"},
    {"case_16_with_associated_data",
     "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
     "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b"
     "5"
     "25b16aedf5aa0de657ba637b39",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828"
     "838"
     "c5f61e6393ba7a0abcc9f662",
     "76fc6ece0f4e1768cddf8853bb2d551b"},
};

class AesGcmVectorTest : public testing::TestWithParam<Vector> {};

TEST_P(AesGcmVectorTest, SealsAndOpensAsPublished) {
  const Vector& vector = GetParam();
  const std::string key = Hex(vector.key);
  const std::string nonce = Hex(vector.nonce);
  const std::string data = Hex(vector.associated_data);
  const std::string sealed = Hex(vector.ciphertext) + Hex(vector.tag);
  const auto ours = SealAesGcm(key, nonce, data, Hex(vector.plaintext));
  ASSERT_TRUE(ours.ok());
  EXPECT_EQ(absl::BytesToHexString(*ours), absl::BytesToHexString(sealed));
  const auto opened = OpenAesGcm(key, nonce, data, sealed);
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened->Reveal(), Hex(vector.plaintext));
}

INSTANTIATE_TEST_SUITE_P(Published, AesGcmVectorTest, testing::ValuesIn(kVectors),
                         [](const auto& param) { return param.param.name; });

TEST(AesGcmTest, WrongSizesAreRefused) {
  const std::string key(kAesKeyBytes, 'k');
  const std::string nonce(kGcmNonceBytes, 'n');
  EXPECT_TRUE(absl::IsInternal(SealAesGcm(key.substr(1), nonce, "", "x").status()));
  EXPECT_TRUE(absl::IsInternal(SealAesGcm(key, nonce + "n", "", "x").status()));
  EXPECT_TRUE(absl::IsInternal(OpenAesGcm(key, "", "", std::string(20, 'x')).status()));
  EXPECT_TRUE(absl::IsDataLoss(OpenAesGcm(key, nonce, "", std::string(15, 'x')).status()));
}

}  // namespace
}  // namespace syncline::crypto
