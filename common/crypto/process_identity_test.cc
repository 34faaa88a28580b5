#include "common/crypto/process_identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace syncline::crypto {
namespace {

using ::testing::MatchesRegex;
using ::testing::SizeIs;

// SHA-256("abc") of FIPS 180-4 begins with ba7816bf 8f01cfea 414140de 5dae2223.
TEST(ProcessIdentity, TheFingerprintIsAUuidOfTheHashsFirstBits) {
  EXPECT_EQ(FingerprintOf("abc"), "ba7816bf-8f01-8fea-8141-40de5dae2223");
}

TEST(ProcessIdentity, EachIsANewOneAndProvesItsOwnIdAlone) {
  const ProcessIdentity one = NewProcessIdentity().value();
  const ProcessIdentity other = NewProcessIdentity().value();
  EXPECT_THAT(one.secret.Reveal(), SizeIs(kProcessSecretBytes));
  EXPECT_THAT(one.id, MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-"
                                   "[0-9a-f]{12}"));
  EXPECT_NE(one.id, other.id);
  EXPECT_TRUE(Proves(one.secret.Reveal(), one.id));
  EXPECT_FALSE(Proves(one.secret.Reveal(), other.id));
  EXPECT_FALSE(Proves("", one.id));
  EXPECT_FALSE(Proves("", FingerprintOf("")));  // a secret that is none
  EXPECT_FALSE(Proves("abc", FingerprintOf("abc")));
}

}  // namespace
}  // namespace syncline::crypto
