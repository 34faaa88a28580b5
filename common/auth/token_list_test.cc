#include "common/auth/token_list.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace syncline::auth {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(TokenList, KnowsATokenByTheNameOfItsLine) {
  const std::string first = NewToken();
  const std::string second = NewToken();
  const auto list =
      TokenList::Parse(fmt::format("# ours\n\n  {}  \r\n{}\n", TokenLine("billing", first).value(),
                                   TokenLine("crm-2.x", second).value()));
  ASSERT_TRUE(list.ok()) << list.status();
  EXPECT_EQ(list->size(), 2);
  EXPECT_EQ(list->NameOf(first), "billing");
  EXPECT_EQ(list->NameOf(second), "crm-2.x");
}

TEST(TokenList, KnowsNothingElse) {
  const std::string token = NewToken();
  const auto list = TokenList::Parse(TokenLine("billing", token).value());
  ASSERT_TRUE(list.ok()) << list.status();
  std::string nearly = token;
  nearly.back() = nearly.back() == 'A' ? 'B' : 'A';
  for (const std::string& other :
       {nearly, token.substr(1), token + "x", std::string(), std::string(1000, 'x'), NewToken()}) {
    EXPECT_EQ(list->NameOf(other), std::nullopt) << other.size();
  }
}

// FIPS 180-4's example, so that other tools can make the lines.
TEST(TokenList, ALineHoldsThePlainSha256) {
  EXPECT_EQ(TokenLine("a", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq").value(),
            "a:sha256:248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(TokenList, TokensAreLongAndNeverTheSame) {
  EXPECT_GE(NewToken().size(), 32 + kShortestToken / 4);
  EXPECT_NE(NewToken(), NewToken());
}

TEST(TokenList, TellsEveryBadLineAtOnceAndShowsNone) {
  const std::string digest(64, 'a');
  const auto list =
      TokenList::Parse(fmt::format("good:sha256:{0}\n"
                                   "CANARY-a-token-that-was-pasted-by-mistake\n"
                                   "md:md5:{0}\n"
                                   ":sha256:{1}\n"
                                   "sp ace:sha256:{1}\n"
                                   "short:sha256:{2}\n"
                                   "good:sha256:{1}\n"
                                   "same:sha256:{0}\n",
                                   digest, std::string(64, 'b'), std::string(63, 'c')));
  ASSERT_EQ(list.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(list.status().message()),
              AllOf(Not(HasSubstr("line 1:")), HasSubstr("line 2: expected name:sha256:"),
                    HasSubstr("line 3: expected"), HasSubstr("line 4: a name is"),
                    HasSubstr("line 5: a name is"), HasSubstr("line 6: expected"),
                    HasSubstr("line 7: the name was used"), HasSubstr("line 8: the token has"),
                    Not(HasSubstr("CANARY")), Not(HasSubstr("\n"))));
}

TEST(TokenList, AFileThatIsNoTokenFileAtAllStaysOneShortLine) {
  std::string text;
  for (int i = 0; i < 10'000; ++i) text += "x\n";
  const auto list = TokenList::Parse(text);
  EXPECT_LT(list.status().message().size(), 3000);
  EXPECT_THAT(std::string(list.status().message()), HasSubstr("and 9980 more"));
}

TEST(TokenList, NobodyMayCallIsAMistake) {
  EXPECT_THAT(std::string(TokenList::Parse("# none yet\n").status().message()),
              HasSubstr("no token"));
}

TEST(TokenList, OnlyNamesThatALogShowsPlainly) {
  for (const char* name : {"", "a b", "a:b", "a\n", "\xc3\xa9"})
    EXPECT_FALSE(TokenLine(name, NewToken()).ok()) << name;
  EXPECT_FALSE(TokenLine(std::string(65, 'a'), NewToken()).ok());
  EXPECT_TRUE(TokenLine(std::string(64, 'a'), NewToken()).ok());
}

}  // namespace
}  // namespace syncline::auth
