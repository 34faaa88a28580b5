// Bad configuration stops the start with one clear line and status 2; help is complete.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "common/auth/scratch_file.h"
#include "tests/e2e/stack.h"

namespace syncline::testing {
namespace {

using ::testing::HasSubstr;

struct Started {
  std::optional<int> status;
  std::string output;
};

Started Start(const std::string& binary, std::map<std::string, std::string> environment,
              std::vector<std::string> arguments = {}) {
  const std::string log =
      (std::filesystem::temp_directory_path() / ("syncline-start-" + std::to_string(getpid())))
          .string();
  std::filesystem::remove(log);
  arguments.insert(arguments.begin(), binary);
  ChildProcess child(
      {.command = arguments, .environment = std::move(environment), .log_file = log, .run_as = {}});
  Started started;
  started.status = child.Wait(absl::Seconds(20));
  std::stringstream text;
  text << std::ifstream(log).rdbuf();
  started.output = text.str();
  std::filesystem::remove(log);
  return started;
}

const std::map<std::string, std::string> kGood = {
    {"DATABASE_URL", "postgresql://u:CANARY@127.0.0.1:1/db"},
    {"SYNC_ENCRYPTION_KEYS", "k:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="}};

// A field of /proc/PID/status.
std::string StatusField(pid_t pid, const std::string& field) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind(field + ":", 0) == 0) return line.substr(field.size() + 1);
  }
  return "0";
}

TEST(Startup, BadConfigurationIsOneClearLine) {
  const struct {
    const char* binary;
    const char* key;
    const char* value;
    const char* says;
  } cases[] = {
      {SYNC_SCHEDULER_BINARY, "DATABASE_URL", "", "DATABASE_URL"},
      {SYNC_SCHEDULER_BINARY, "DATABASE_URL", "nonsense", "DATABASE_URL"},
      {SYNC_SCHEDULER_BINARY, "SYNC_LISTEN", "0.0.0.0:50051", "loopback"},
      {SYNC_SCHEDULER_BINARY, "SYNC_LISTEN", "[::]:50051", "SYNC_EXECUTOR_TOKENS"},
      {SYNC_SCHEDULER_BINARY, "SYNC_API_TOKENS", "/no/such/file", "SYNC_API_TOKENS: cannot read"},
      {SYNC_SCHEDULER_BINARY, "SYNC_EXECUTOR_TOKENS", "/etc/passwd",
       "line 1: expected name:sha256"},
      {SYNC_EXECUTOR_BINARY, "SYNC_EXECUTOR_TOKEN_FILE", "/etc/passwd", "does not hold a token"},
      {SYNC_SCHEDULER_BINARY, "SYNC_TLS_CERT", "/etc/passwd", "SYNC_TLS_CERT needs SYNC_TLS_KEY"},
      {SYNC_EXECUTOR_BINARY, "SYNC_TLS_KEY", "/etc/passwd", "SYNC_TLS_KEY needs SYNC_TLS_CERT"},
      {SYNC_EXECUTOR_BINARY, "SYNC_TLS_CA", "/etc/passwd", "holds no certificate"},
      {SYNC_GATEWAY_BINARY, "SYNC_TLS_CA", "/no/such/file", "SYNC_TLS_CA: cannot read"},
      {SYNC_GATEWAY_BINARY, "SYNC_TLS_CERT", "/etc/passwd", "SYNC_TLS_CERT needs SYNC_TLS_KEY"},
      {SYNC_SCHEDULER_BINARY, "SYNC_LISTEN", "here", "not an address"},
      {SYNC_SCHEDULER_BINARY, "SYNC_POLL_INTERVAL", "30", "not a duration"},
      {SYNC_SCHEDULER_BINARY, "SYNC_LEASE", "0s", "not a duration"},
      {SYNC_SCHEDULER_BINARY, "SYNC_RETRY_CAP", "1s", "SYNC_RETRY_BASE"},
      {SYNC_SCHEDULER_BINARY, "SYNC_ENCRYPTION_KEYS", "k:tooshort",
       "\"SYNC_ENCRYPTION_KEYS: entry 1 of 1: its key"},
      {SYNC_SCHEDULER_BINARY, "LOG_FORMAT", "xml", "json"},
      {SYNC_EXECUTOR_BINARY, "SYNC_SLOTS", "0", "not a whole number"},
      {SYNC_EXECUTOR_BINARY, "SYNC_ALLOW_PRIVATE_NETWORKS", "10.0.0.0/40", "10.0.0.0/40"},
      {SYNC_EXECUTOR_BINARY, "SYNC_ENCRYPTION_KEYS", "", "SYNC_ENCRYPTION_KEYS"},
      {SYNC_EXECUTOR_BINARY, "SYNC_ENCRYPTION_KEYS", "k:tooshort",
       "\"SYNC_ENCRYPTION_KEYS: entry 1 of 1: its key"},
      {SYNC_GATEWAY_BINARY, "SYNC_HTTP_LISTEN", "0.0.0.0:0", "SYNC_API_TOKENS must name"},
      {SYNC_GATEWAY_BINARY, "SYNC_API_TOKENS", "/etc/passwd", "line 1: expected name:sha256"},
      {SYNC_GATEWAY_BINARY, "SYNC_API_TOKEN_FILE", "/no/such/file", "SYNC_API_TOKEN_FILE: cannot"},
      {SYNC_GATEWAY_BINARY, "SYNC_SCHEDULER_ADDRESS", ",", "names no scheduler"},
      {SYNC_GATEWAY_BINARY, "SYNC_CONSOLE_DIR", "/no/such/place", "SYNC_CONSOLE_DIR"},
      {SYNC_GATEWAY_BINARY, "SYNC_HTTP_STREAMS", "512", "SYNC_HTTP_CONNECTIONS"},
  };
  for (const auto& c : cases) {
    auto environment = kGood;
    environment[c.key] = c.value;
    const Started started = Start(c.binary, environment);
    EXPECT_EQ(started.status, 2) << c.key << "=" << c.value << "\n" << started.output;
    EXPECT_THAT(started.output, HasSubstr(c.says));
    EXPECT_EQ(std::count(started.output.begin(), started.output.end(), '\n'), 1) << started.output;
    EXPECT_THAT(started.output, ::testing::Not(HasSubstr("CANARY")));
    // A line of the log, as all that follow a good start are.
    const auto line = nlohmann::json::parse(started.output, nullptr, /*allow_exceptions=*/false);
    ASSERT_TRUE(line.is_object()) << started.output;
    EXPECT_EQ(line.value("level", ""), "error");
    EXPECT_EQ(line.value("event", ""), "cannot start");
    EXPECT_EQ(line.value("program", ""), std::filesystem::path(c.binary).filename());
  }
}

// Wherever the format was set, and whether or not the bad setting comes before it.
TEST(Startup, WithATextLogTheLineIsPlain) {
  for (const auto& [setting, arguments] :
       {std::pair<const char*, std::vector<std::string>>{"text", {}},
        {"json", {"--log-format", "text"}}}) {
    auto environment = kGood;
    environment["SYNC_LEASE"] = "0s";
    environment["LOG_FORMAT"] = setting;
    const Started started = Start(SYNC_SCHEDULER_BINARY, environment, arguments);
    EXPECT_EQ(started.status, 2);
    EXPECT_THAT(started.output, ::testing::MatchesRegex("sync-scheduler: .*not a duration.*\n"));
  }
}

TEST(Startup, BadKeysFromAFileAreNamedByTheFile) {
  const auth::ScratchFile keys;
  keys.Write("k1:CANARY!,k2:CANARY\n");
  for (const char* binary : {SYNC_SCHEDULER_BINARY, SYNC_EXECUTOR_BINARY}) {
    const Started started = Start(binary, {{"DATABASE_URL", kGood.at("DATABASE_URL")},
                                           {"SYNC_ENCRYPTION_KEYS_FILE", keys.path()},
                                           {"LOG_FORMAT", "text"}});
    EXPECT_EQ(started.status, 2) << started.output;
    EXPECT_THAT(started.output, HasSubstr(": SYNC_ENCRYPTION_KEYS_FILE: " + keys.path() +
                                          ": entry 1 of 2: its key is not base64; entry 2 of 2: "));
    EXPECT_THAT(started.output, ::testing::Not(HasSubstr("CANARY")));
  }
}

// The line that the token's making prints is what a port without loopback starts with.
TEST(Startup, ATokenIsPrintedOnceWithTheLineOfItsFile) {
  const Started made = Start(SYNC_SCHEDULER_BINARY, {}, {"token", "billing"});
  EXPECT_EQ(made.status, 0) << made.output;
  EXPECT_THAT(made.output, ::testing::ContainsRegex("^token: syncline_[-_A-Za-z0-9=]+\n"
                                                    "line: billing:sha256:[0-9a-f]+\n$"));
  const Started bad = Start(SYNC_SCHEDULER_BINARY, {}, {"token", "two words"});
  EXPECT_EQ(bad.status, 2);
  EXPECT_THAT(bad.output, HasSubstr("a name is"));
}

// As PID 1 of a container it has no default actions: only a signal that is waited for ends it.
TEST(Startup, AMigrationThatWaitsEndsWhenItIsTold) {
  const std::string url = TestCluster::Get().NewEmptyDatabase();
  const auto session = OpenOrDie(url);
  QueryOrDie(*session, "SELECT pg_advisory_lock(7094161836502183741) IS NULL AS locked");
  std::map<std::string, std::string> environment = kGood;
  environment["DATABASE_URL"] = url;
  ChildProcess child({.command = {SYNC_SCHEDULER_BINARY, "migrate"},
                      .environment = environment,
                      .log_file = "/dev/null",
                      .run_as = {}});
  AwaitOrDie("the migration to wait", [&] {
    return QueryInt(*session,
                    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") ==
           1;
  });
  const auto blocked = std::stoull(StatusField(child.pid(), "SigBlk"), nullptr, 16);
  EXPECT_TRUE(blocked & (1ULL << (SIGTERM - 1)));
  child.Signal(SIGTERM);
  EXPECT_EQ(child.Wait(absl::Seconds(10)), 128 + SIGTERM);
}

// A container's health check has the program's environment and nothing else.
TEST(Startup, AHealthCheckNeedsNoSettingButTheAddress) {
  for (const char* binary : {SYNC_SCHEDULER_BINARY, SYNC_EXECUTOR_BINARY, SYNC_GATEWAY_BINARY}) {
    const Started asked = Start(binary, {{"SYNC_HTTP_LISTEN", "127.0.0.1:1"}}, {"--health-check"});
    EXPECT_EQ(asked.status, 1) << binary;
    EXPECT_THAT(asked.output, HasSubstr("not ready: no answer")) << binary;
  }
}

TEST(Startup, HelpNamesEverySettingWithItsDefault) {
  const Started scheduler = Start(SYNC_SCHEDULER_BINARY, {}, {"--help"});
  EXPECT_EQ(scheduler.status, 0);
  for (const char* setting :
       {"DATABASE_URL", "SYNC_LISTEN", "SYNC_HTTP_LISTEN", "SYNC_POLL_INTERVAL", "SYNC_LEASE",
        "SYNC_RETRY_BASE", "SYNC_RETRY_CAP", "SYNC_ENCRYPTION_KEYS", "LOG_FORMAT", "LOG_LEVEL",
        "SYNC_API_TOKENS", "SYNC_EXECUTOR_TOKENS", "token", "30s", "127.0.0.1:50051", "migrate"}) {
    EXPECT_THAT(scheduler.output, HasSubstr(setting));
  }
  const Started executor = Start(SYNC_EXECUTOR_BINARY, {}, {"--help"});
  EXPECT_EQ(executor.status, 0);
  for (const char* setting : {"SYNC_SLOTS", "SYNC_SCHEDULER_ADDRESS", "SYNC_ALLOW_PRIVATE_NETWORKS",
                              "SYNC_EXECUTOR_TOKEN_FILE", "64"}) {
    EXPECT_THAT(executor.output, HasSubstr(setting));
  }
  const Started gateway = Start(SYNC_GATEWAY_BINARY, {}, {"--help"});
  EXPECT_EQ(gateway.status, 0);
  for (const char* setting : {"SYNC_HTTP_LISTEN", "SYNC_SCHEDULER_ADDRESS", "SYNC_API_TOKENS",
                              "SYNC_API_TOKEN_FILE", "SYNC_CONSOLE_DIR", "SYNC_HTTP_CONNECTIONS",
                              "SYNC_HTTP_STREAMS", "SYNC_DRAIN_GRACE", "127.0.0.1:8080", "512"}) {
    EXPECT_THAT(gateway.output, HasSubstr(setting));
  }
}

}  // namespace
}  // namespace syncline::testing
