// Start-up configuration: each setting is an environment variable and a flag of the same name in
// kebab-case (the flag wins). A bad value stops the start with one line that says what is wrong and
// what would be right, as a line of the log where that is JSON.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/base/log.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace syncline {

class Flags {
 public:
  Flags(std::string program, const std::string& description);
  ~Flags();

  // Each Add registers the setting `env` ("SYNC_POLL_INTERVAL" → --sync-poll-interval). `*value`
  // holds the default and gets the setting; it must outlive Parse.
  void AddText(const std::string& env, std::string* value, const std::string& help,
               bool required = false);
  // What is wrong with a value, for an error that names where it came from; never shows the value.
  using Check = std::function<absl::Status(const std::string& value)>;
  // As AddText, for what should not stand in an environment, where whoever may look at the process
  // reads it: the setting `env`_FILE names a file that holds the value instead (secret_file.h).
  // `check` is asked about a value that is given.
  void AddSecret(const std::string& env, std::string* value, const std::string& help,
                 bool required = false, Check check = nullptr);
  // "127.0.0.1:50051", "[::1]:0"; host and port, port 0 to 65535.
  void AddAddress(const std::string& env, std::string* value, const std::string& help);
  // "30s", "1h30m"; within [low, high].
  void AddDuration(const std::string& env, absl::Duration* value, absl::Duration low,
                   absl::Duration high, const std::string& help);
  void AddInt(const std::string& env, int* value, int low, int high, const std::string& help);
  // LOG_FORMAT and LOG_LEVEL; Parse configures the log by them, unless a tool or a health check was
  // chosen, whose words are for people.
  void AddLogging();
  // A subcommand that takes the same settings ("migrate").
  void AddCommand(const std::string& name, bool* chosen, const std::string& help);

  // A subcommand that needs one argument and none of the required settings ("token NAME"); `*value`
  // stays empty when it was not chosen.
  void AddTool(const std::string& name, const std::string& argument, std::string* value,
               const std::string& help);

  // --health-check, a question about a running program instead of a start: needs none of the
  // required settings.
  void AddHealthCheck(bool* chosen);

  // Parses; on --help, --version or a mistake prints and returns the exit status to end with, else
  // nullopt.
  std::optional<int> Parse(int argc, const char* const* argv);

 private:
  struct SecretSetting {
    std::string env;  // the setting that holds the secret itself
    std::string* value;
    Check check;
    std::string path;  // of the file that holds it instead
  };

  bool HasTask() const;  // a tool or a health check
  void StartLog() const;
  // Empty, or what is wrong with the secrets and their files.
  std::string ReadSecrets();

  std::string program_;
  std::unique_ptr<CLI::App> app_;
  std::vector<std::pair<std::string, const std::string*>> required_;
  std::deque<SecretSetting> secrets_;  // a deque, since the parser keeps pointers into it
  std::vector<const CLI::App*> tools_;
  const bool* health_check_ = nullptr;
  CLI::Option* log_format_ = nullptr;
  LogLevel log_level_ = LogLevel::kInfo;
};

// The host and port of "host:port" or "[v6]:port"; an empty host when it is neither.
std::pair<std::string, int> SplitAddress(const std::string& address);

// Whether the host of "host:port" is a loopback address or "localhost".
bool IsLoopback(const std::string& address);

// One line on standard error: "PROGRAM: PROBLEM", or an error of the log where that is JSON.
// Returns 2, the exit status of bad configuration.
int FailStart(const std::string& program, const std::string& problem);

}  // namespace syncline
