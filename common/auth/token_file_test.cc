#include "common/auth/token_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "common/auth/scratch_file.h"
#include "common/base/fake_clock.h"

namespace syncline::auth {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class TokenFileTest : public ::testing::Test {
 protected:
  std::string Line(const std::string& name, const std::string& token) {
    return TokenLine(name, token).value() + "\n";
  }
  // Lets the next question look at the file again.
  void Later() { clock_.Advance(WatchedFile::kLookPeriod); }

  FakeClock clock_;
  ScratchFile file_;
  const std::string old_ = NewToken();
  const std::string new_ = NewToken();
};

TEST_F(TokenFileTest, ABadFileAtTheStartIsOneLineThatNamesIt) {
  file_.Write("nonsense\nmore:sha256:nonsense\n");
  const auto opened = TokenFile::Open(file_.path(), &clock_);
  ASSERT_FALSE(opened.ok());
  EXPECT_THAT(std::string(opened.status().message()),
              AllOf(HasSubstr(file_.path()), HasSubstr("line 1"), HasSubstr("line 2")));
}

TEST_F(TokenFileTest, AMissingFileAndAFolderAreErrors) {
  EXPECT_EQ(TokenFile::Open(file_.path() + "-none", &clock_).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(TokenFile::Open(std::filesystem::path(file_.path()).parent_path().string(), &clock_)
                .status()
                .code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(TokenFileTest, AChangeCountsASecondLaterAtMost) {
  file_.Write(Line("a", old_));
  const auto tokens = TokenFile::Open(file_.path(), &clock_).value();
  EXPECT_EQ(tokens->NameOf(old_), "a");
  file_.Write(Line("a", old_) + Line("b", new_));
  EXPECT_EQ(tokens->NameOf(new_), std::nullopt);  // not looked at again yet
  Later();
  EXPECT_EQ(tokens->NameOf(new_), "b");
  EXPECT_EQ(tokens->NameOf(old_), "a");
  file_.Write(Line("b", new_));
  Later();
  EXPECT_EQ(tokens->NameOf(old_), std::nullopt);
}

TEST_F(TokenFileTest, AFileReplacedByRenamingCountsEvenWithTheSameSizeAndTime) {
  file_.Write(Line("a", old_));
  const auto tokens = TokenFile::Open(file_.path(), &clock_).value();
  const auto written = std::filesystem::last_write_time(file_.path());
  ScratchFile other;
  other.Write(Line("a", new_));
  std::filesystem::last_write_time(other.path(), written);
  std::filesystem::rename(other.path(), file_.path());
  Later();
  EXPECT_EQ(tokens->NameOf(new_), "a");
  EXPECT_EQ(tokens->NameOf(old_), std::nullopt);
}

TEST_F(TokenFileTest, ABadNewFileKeepsTheOldTokensAndIsToldOnce) {
  file_.Write(Line("a", old_));
  const auto tokens = TokenFile::Open(file_.path(), &clock_).value();
  ::testing::internal::CaptureStderr();
  file_.Write("half a li");
  for (int i = 0; i < 5; ++i) {
    Later();
    EXPECT_EQ(tokens->NameOf(old_), "a");
  }
  std::filesystem::remove(file_.path());
  for (int i = 0; i < 5; ++i) {
    Later();
    EXPECT_EQ(tokens->NameOf(old_), "a");
  }
  const std::string log = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 2) << log;  // bad, then gone
  EXPECT_THAT(log, AllOf(HasSubstr("line 1"), HasSubstr("cannot read")));

  file_.Write(Line("b", new_));
  Later();
  EXPECT_EQ(tokens->NameOf(new_), "b");
  EXPECT_EQ(tokens->NameOf(old_), std::nullopt);
}

}  // namespace
}  // namespace syncline::auth
