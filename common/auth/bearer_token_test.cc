#include "common/auth/bearer_token.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/auth/scratch_file.h"
#include "common/auth/token_list.h"
#include "common/base/fake_clock.h"

namespace syncline::auth {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(BearerToken, IsTheFilesOneLineAndFollowsIt) {
  FakeClock clock;
  ScratchFile file;
  const std::string first = NewToken();
  const std::string second = NewToken();
  file.Write(first + "\n");
  const auto token = BearerToken::Open(file.path(), &clock).value();
  EXPECT_EQ(token->Get().Reveal(), first);
  file.Write(second);
  clock.Advance(WatchedFile::kLookPeriod);
  EXPECT_EQ(token->Get().Reveal(), second);
  file.Write("");
  clock.Advance(WatchedFile::kLookPeriod);
  EXPECT_EQ(token->Get().Reveal(), second);
}

TEST(BearerToken, WhatIsNoTokenIsSaidWithoutBeingShown) {
  FakeClock clock;
  for (const std::string& text :
       {std::string("CANARY-short"), "CANARY two " + NewToken(), NewToken() + "\n" + NewToken(),
        "CANARY" + std::string(600, 'x'), std::string()}) {
    ScratchFile file;
    file.Write(text);
    const auto token = BearerToken::Open(file.path(), &clock);
    ASSERT_FALSE(token.ok()) << text.size();
    EXPECT_THAT(
        std::string(token.status().message()),
        AllOf(HasSubstr(file.path()), HasSubstr("expected one line"), Not(HasSubstr("CANARY"))));
  }
}

}  // namespace
}  // namespace syncline::auth
