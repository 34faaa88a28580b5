#include "common/config/flags.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "common/base/text_time.h"
#include "common/config/secret_file.h"

namespace syncline {
namespace {

std::string FlagName(const std::string& env) {
  std::string flag = "--" + env;
  for (char& c : flag)
    c = c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return flag;
}

}  // namespace

Flags::Flags(std::string program, const std::string& description)
    : program_(std::move(program)), app_(std::make_unique<CLI::App>(description, program_)) {
  app_->set_version_flag("--version", SYNCLINE_VERSION);
  app_->fallthrough();
}

Flags::~Flags() = default;

void Flags::AddText(const std::string& env, std::string* value, const std::string& help,
                    bool required) {
  CLI::Option* option = app_->add_option(FlagName(env), *value, help)->envname(env);
  if (required) required_.push_back({env, value});
  if (!value->empty()) option->capture_default_str();
}

void Flags::AddSecret(const std::string& env, std::string* value, const std::string& help,
                      bool required, Check check) {
  AddText(env, value, help, required);
  SecretSetting& secret = secrets_.emplace_back(SecretSetting{env, value, std::move(check), ""});
  const std::string file_env = env + "_FILE";
  app_->add_option(FlagName(file_env), secret.path, "File that holds " + env + ", instead of it")
      ->envname(file_env);
}

void Flags::AddAddress(const std::string& env, std::string* value, const std::string& help) {
  app_->add_option(FlagName(env), *value, help)
      ->envname(env)
      ->capture_default_str()
      ->check([](const std::string& text) {
        return SplitAddress(text).first.empty()
                   ? fmt::format(
                         "'{}' is not an address; expected host:port such as 127.0.0.1:50051", text)
                   : std::string();
      });
}

void Flags::AddDuration(const std::string& env, absl::Duration* value, absl::Duration low,
                        absl::Duration high, const std::string& help) {
  app_->add_option_function<std::string>(
          FlagName(env), [value](const std::string& text) { *value = *ParseDurationText(text); },
          help)
      ->envname(env)
      ->default_str(absl::FormatDuration(*value))
      ->check([low, high](const std::string& text) {
        const auto parsed = ParseDurationText(text);
        return parsed && *parsed >= low && *parsed <= high
                   ? std::string()
                   : fmt::format(
                         "'{}' is not a duration from {} to {}; expected for example 30s or 1h30m",
                         text, absl::FormatDuration(low), absl::FormatDuration(high));
      });
}

void Flags::AddInt(const std::string& env, int* value, int low, int high, const std::string& help) {
  app_->add_option(FlagName(env), *value, help)
      ->envname(env)
      ->capture_default_str()
      ->check([low, high](const std::string& text) {
        const bool digits =
            !text.empty() && text.size() <= 9 &&
            std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
        if (digits && std::stoi(text) >= low && std::stoi(text) <= high) return std::string();
        return fmt::format("'{}' is not a whole number from {} to {}", text, low, high);
      });
}

void Flags::AddLogging() {
  log_format_ = app_->add_option("--log-format", "How log lines look: json or text")
                    ->envname("LOG_FORMAT")
                    ->default_str("json")
                    ->check(CLI::IsMember({"json", "text"}));
  app_->add_option_function<std::string>(
          "--log-level",
          [this](const std::string& text) {
            log_level_ = text == "debug"     ? LogLevel::kDebug
                         : text == "info"    ? LogLevel::kInfo
                         : text == "warning" ? LogLevel::kWarning
                                             : LogLevel::kError;
          },
          "The lowest level shown: debug, info, warning or error")
      ->envname("LOG_LEVEL")
      ->default_str("info")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}));
}

// Reads what was given itself: the parser stops at a bad setting, which may come before this one.
void Flags::StartLog() const {
  if (log_format_ == nullptr || HasTask()) return;
  const char* environment =
      std::getenv("LOG_FORMAT");  // NOLINT(concurrency-mt-unsafe): no thread yet
  const std::string format = !log_format_->results().empty() ? log_format_->results().back()
                             : environment != nullptr        ? environment
                                                             : "";
  ConfigureLog(program_, format == "text" ? LogFormat::kText : LogFormat::kJson, log_level_);
}

void Flags::AddCommand(const std::string& name, bool* chosen, const std::string& help) {
  app_->add_subcommand(name, help)->callback([chosen] { *chosen = true; });
}

void Flags::AddTool(const std::string& name, const std::string& argument, std::string* value,
                    const std::string& help) {
  CLI::App* tool = app_->add_subcommand(name, help);
  tool->add_option(argument, *value, help)->required()->check([](const std::string& text) {
    return text.empty() ? std::string("must not be empty") : std::string();
  });
  tools_.push_back(tool);
}

std::string Flags::ReadSecrets() {
  for (const SecretSetting& secret : secrets_) {
    std::string origin = secret.env;
    if (!secret.path.empty()) {
      if (!secret.value->empty())
        return fmt::format("{0} and {0}_FILE are both set; keep one of them", secret.env);
      auto text = ReadSecretFile(secret.path);
      if (!text.ok())
        return fmt::format("{}_FILE: {}", secret.env, std::string(text.status().message()));
      *secret.value = *std::move(text);
      origin = fmt::format("{}_FILE: {}", secret.env, secret.path);
    }
    if (secret.check == nullptr || secret.value->empty()) continue;
    if (const absl::Status status = secret.check(*secret.value); !status.ok())
      return fmt::format("{}: {}", origin, std::string(status.message()));
  }
  return "";
}

void Flags::AddHealthCheck(bool* chosen) {
  health_check_ = chosen;
  app_->add_flag("--health-check", *chosen,
                 "Asks the program that runs with these settings whether it is ready, and ends: "
                 "status 0 and one line, or 1 and why not");
}

bool Flags::HasTask() const {
  return (health_check_ != nullptr && *health_check_) ||
         std::any_of(tools_.begin(), tools_.end(),
                     [](const CLI::App* tool) { return tool->parsed(); });
}

std::optional<int> Flags::Parse(int argc, const char* const* argv) {
  try {
    app_->parse(argc, argv);
    if (HasTask()) return std::nullopt;
    StartLog();
    if (const std::string problem = ReadSecrets(); !problem.empty())
      return FailStart(program_, problem);
    for (const auto& [env, value] : required_) {
      if (value->empty())
        return FailStart(program_,
                         fmt::format("{} is required; set it or give {}", env, FlagName(env)));
    }
    return std::nullopt;
  } catch (const CLI::Success& success) {  // --help and --version
    return app_->exit(success);
  } catch (const CLI::ParseError& error) {
    StartLog();
    std::string problem = error.what();
    std::replace(problem.begin(), problem.end(), '\n', ' ');
    return FailStart(program_, problem);
  }
}

std::pair<std::string, int> SplitAddress(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == address.size()) return {"", 0};
  std::string host = address.substr(0, colon);
  const std::string port = address.substr(colon + 1);
  if (port.size() > 5 ||
      !std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    return {"", 0};
  }
  const int number = std::stoi(port);
  if (number > 65535) return {"", 0};
  if (host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string::npos) {
    return {"", 0};
  }
  return {host, number};
}

bool IsLoopback(const std::string& address) {
  const std::string host = SplitAddress(address).first;
  if (host == "localhost" || host == "::1") return true;
  in_addr v4{};
  return inet_pton(AF_INET, host.c_str(), &v4) == 1 && (ntohl(v4.s_addr) >> 24) == 127;
}

int FailStart(const std::string& program, const std::string& problem) {
  if (ConfiguredLogFormat() == LogFormat::kJson) {
    LogError("cannot start", {{"problem", problem}});
  } else {
    std::fprintf(stderr, "%s: %s\n", program.c_str(), problem.c_str());
  }
  return 2;
}

}  // namespace syncline
