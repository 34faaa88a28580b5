#include "common/config/flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <vector>

namespace syncline {
namespace {

using ::testing::HasSubstr;

struct Parsed {
  std::optional<int> exit;
  std::string error;
  absl::Duration interval = absl::Seconds(30);
  std::string listen = "127.0.0.1:50051";
  int slots = 64;
  bool migrate = false;
  std::string tool_argument;
};

Parsed Parse(std::vector<const char*> arguments) {
  Parsed parsed;
  Flags flags("sync-test", "A test.");
  flags.AddDuration("SYNC_TEST_INTERVAL", &parsed.interval, absl::Seconds(1), absl::Hours(1),
                    "How often");
  flags.AddAddress("SYNC_TEST_LISTEN", &parsed.listen, "Where");
  flags.AddInt("SYNC_TEST_SLOTS", &parsed.slots, 1, 100, "How many");
  flags.AddCommand("migrate", &parsed.migrate, "Migrates");
  flags.AddTool("token", "NAME", &parsed.tool_argument, "Makes a token");
  arguments.insert(arguments.begin(), "sync-test");
  ::testing::internal::CaptureStderr();
  parsed.exit = flags.Parse(static_cast<int>(arguments.size()), arguments.data());
  parsed.error = ::testing::internal::GetCapturedStderr();
  return parsed;
}

TEST(Flags, DefaultsEnvironmentAndFlagsInThatOrder) {
  EXPECT_EQ(Parse({}).interval, absl::Seconds(30));
  setenv("SYNC_TEST_INTERVAL", "45s", 1);  // NOLINT(concurrency-mt-unsafe)
  EXPECT_EQ(Parse({}).interval, absl::Seconds(45));
  EXPECT_EQ(Parse({"--sync-test-interval=50s"}).interval, absl::Seconds(50));
  unsetenv("SYNC_TEST_INTERVAL");  // NOLINT(concurrency-mt-unsafe)
  const Parsed command = Parse({"migrate", "--sync-test-slots", "7"});
  EXPECT_TRUE(command.migrate);
  EXPECT_EQ(command.slots, 7);
}

TEST(Flags, AToolTakesItsArgumentAndNoRequiredSetting) {
  std::string needed;
  std::string argument;
  Flags flags("sync-test", "A test.");
  flags.AddText("SYNC_TEST_NEEDED", &needed, "Needed", true);
  flags.AddTool("token", "NAME", &argument, "Makes a token");
  const std::vector<const char*> arguments = {"sync-test", "token", "billing"};
  EXPECT_EQ(flags.Parse(3, arguments.data()), std::nullopt);
  EXPECT_EQ(argument, "billing");
  EXPECT_EQ(Parse({"token"}).exit, 2);
  EXPECT_EQ(Parse({"token", ""}).exit, 2);
}

TEST(Flags, ASecretMayComeFromAFile) {
  const std::string path = ::testing::TempDir() + "flags_test_secret";
  std::ofstream(path) << "k1:canary\n";
  const std::string empty_path = path + ".empty";
  std::ofstream(empty_path) << "\n";
  const std::string bad_path = path + ".bad";
  std::ofstream(bad_path) << "bad\n";
  const std::string bad_file_says = "sync-test: SYNC_TEST_KEY_FILE: " + bad_path + ": it is bad\n";
  const auto check = [](const std::string& value) {
    return value == "bad" ? absl::InvalidArgumentError("it is bad") : absl::OkStatus();
  };
  const struct {
    const char* name;
    std::vector<std::string> arguments;
    std::optional<int> exit;
    const char* says;
  } cases[] = {
      {"itself", {"--sync-test-key=k1:canary"}, std::nullopt, ""},
      {"from a file", {"--sync-test-key-file=" + path}, std::nullopt, ""},
      {"neither", {}, 2, "SYNC_TEST_KEY is required"},
      {"both", {"--sync-test-key=k", "--sync-test-key-file=" + path}, 2, "are both set"},
      {"no file", {"--sync-test-key-file=/no/such/file"}, 2, "cannot read /no/such/file"},
      {"a folder", {"--sync-test-key-file=/"}, 2, "cannot read /"},
      {"an empty file", {"--sync-test-key-file=" + empty_path}, 2, "is empty"},
      {"a bad one", {"--sync-test-key=bad"}, 2, "sync-test: SYNC_TEST_KEY: it is bad\n"},
      {"a bad one in a file", {"--sync-test-key-file=" + bad_path}, 2, bad_file_says.c_str()},
  };
  for (const auto& c : cases) {
    std::string key;
    Flags flags("sync-test", "A test.");
    flags.AddSecret("SYNC_TEST_KEY", &key, "A key", true, check);
    std::vector<const char*> arguments = {"sync-test"};
    for (const std::string& argument : c.arguments) arguments.push_back(argument.c_str());
    ::testing::internal::CaptureStderr();
    EXPECT_EQ(flags.Parse(static_cast<int>(arguments.size()), arguments.data()), c.exit) << c.name;
    EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr(c.says)) << c.name;
    if (!c.exit) {
      EXPECT_EQ(key, "k1:canary") << c.name;
    }
  }
}

TEST(Flags, ABadValueStopsTheStartWithOneLine) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"--sync-test-interval=5", "'5' is not a duration from 1s to 1h"},
      {"--sync-test-interval=2h", "'2h' is not a duration from 1s to 1h"},
      {"--sync-test-listen=nowhere", "'nowhere' is not an address"},
      {"--sync-test-listen=127.0.0.1:70000", "is not an address"},
      {"--sync-test-listen=::1:5", "is not an address"},
      {"--sync-test-slots=0", "'0' is not a whole number from 1 to 100"},
      {"--sync-test-slots=many", "'many' is not a whole number"},
      {"--unknown-flag", "--unknown-flag"},
  };
  for (const auto& [argument, message] : cases) {
    const Parsed parsed = Parse({argument});
    EXPECT_EQ(parsed.exit, 2) << argument;
    EXPECT_THAT(parsed.error, HasSubstr(message));
    EXPECT_EQ(std::count(parsed.error.begin(), parsed.error.end(), '\n'), 1) << parsed.error;
  }
}

TEST(Flags, LoopbackIsToldApart) {
  for (const char* yes : {"127.0.0.1:1", "127.9.9.9:1", "localhost:1", "[::1]:1"})
    EXPECT_TRUE(IsLoopback(yes)) << yes;
  for (const char* no : {"0.0.0.0:1", "10.0.0.1:1", "[::]:1", "example.com:1", "128.0.0.1:1"}) {
    EXPECT_FALSE(IsLoopback(no)) << no;
  }
}

}  // namespace
}  // namespace syncline
