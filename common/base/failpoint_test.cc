#include "common/base/failpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>

#if SYNCLINE_FAILPOINTS

namespace syncline {
namespace {

// The end of a child process that arms `setting` and runs `body`: its exit status, 128 + n after
// signal n, or 256 + n when signal n stopped it.
int EndOf(const char* setting, const std::function<int()>& body) {
  const pid_t child = fork();
  if (child == 0) {
    if (!ArmFailpoint(std::string(setting)).ok()) _exit(99);
    _exit(body());
  }
  int status = 0;
  waitpid(child, &status, WUNTRACED);
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  if (WIFSIGNALED(status)) return 128 + WTERMSIG(status);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  return 256 + WSTOPSIG(status);
}

int PassThreeTimes() {
  for (int passed = 0; passed < 3; ++passed) {
    FAILPOINT("before_page_send");
    FAILPOINT("after_page_send");
  }
  return 0;
}

TEST(Failpoint, ActsAtItsCount) {
  EXPECT_EQ(EndOf("before_page_send=kill:1", PassThreeTimes), 128 + SIGKILL);
  EXPECT_EQ(EndOf("before_page_send=kill:3", PassThreeTimes), 128 + SIGKILL);
  EXPECT_EQ(EndOf("before_page_send=kill:4", PassThreeTimes), 0);
  EXPECT_EQ(EndOf("before_page_commit=kill:1", PassThreeTimes), 0);
  EXPECT_EQ(EndOf("after_page_send=stop:2", PassThreeTimes), 256 + SIGSTOP);
}

TEST(Failpoint, CountsOnlyItsOwnPassings) {
  EXPECT_EQ(EndOf("after_page_send=kill:1",
                  [] {
                    FAILPOINT("before_page_send");
                    return 7;
                  }),
            7);
}

TEST(Failpoint, SaysWhatIsWrongWithTheSetting) {
  const struct {
    const char* setting;
    const char* says;
  } cases[] = {
      {"", "bad syntax"},
      {"before_page_send", "bad syntax"},
      {"before_page_send=kill", "bad syntax"},
      {"before_lunch=kill:1", "no such failpoint"},
      {"before_page_send=abort:1", "kill or stop"},
      {"before_page_send=kill:0", "whole number"},
      {"before_page_send=kill:x", "whole number"},
      {"before_page_send=kill:", "whole number"},
  };
  for (const auto& c : cases) {
    const absl::Status status = ArmFailpoint(std::string(c.setting));
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.setting;
    EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr(c.says)) << c.setting;
  }
  EXPECT_TRUE(ArmFailpoint().ok()) << "nothing is set here";
}

}  // namespace
}  // namespace syncline

#endif
