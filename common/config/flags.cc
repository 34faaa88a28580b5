#include "common/config/flags.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "common/base/text_time.h"

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
                      bool required) {
  AddText(env, value, help, required);
  SecretFile& file = secret_files_.emplace_back(SecretFile{env, "", value});
  const std::string file_env = env + "_FILE";
  app_->add_option(FlagName(file_env), file.path, "File that holds " + env + ", instead of it")
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

void Flags::AddLogging(LogFormat* format, LogLevel* level) {
  app_->add_option_function<std::string>(
          "--log-format",
          [format](const std::string& text) {
            *format = text == "json" ? LogFormat::kJson : LogFormat::kText;
          },
          "How log lines look: json or text")
      ->envname("LOG_FORMAT")
      ->default_str("json")
      ->check(CLI::IsMember({"json", "text"}));
  app_->add_option_function<std::string>(
          "--log-level",
          [level](const std::string& text) {
            *level = text == "debug"     ? LogLevel::kDebug
                     : text == "info"    ? LogLevel::kInfo
                     : text == "warning" ? LogLevel::kWarning
                                         : LogLevel::kError;
          },
          "The lowest level shown: debug, info, warning or error")
      ->envname("LOG_LEVEL")
      ->default_str("info")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}));
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
  for (const SecretFile& file : secret_files_) {
    if (file.path.empty()) continue;
    if (!file.value->empty())
      return fmt::format("{0} and {0}_FILE are both set; keep one of them", file.env);
    const std::ifstream stream(file.path);
    std::error_code ignored;
    if (!stream.is_open() || std::filesystem::is_directory(file.path, ignored))
      return fmt::format("{}_FILE: cannot read {}", file.env, file.path);
    std::ostringstream content;
    content << stream.rdbuf();
    const std::string text = content.str();
    const std::size_t begin = text.find_first_not_of("\r\n");
    if (begin == std::string::npos) return fmt::format("{}_FILE: {} is empty", file.env, file.path);
    *file.value = text.substr(begin, text.find_last_not_of("\r\n") - begin + 1);
  }
  return "";
}

void Flags::AddHealthCheck(bool* chosen) {
  health_check_ = chosen;
  app_->add_flag("--health-check", *chosen,
                 "Asks the program that runs with these settings whether it is ready, and ends: "
                 "status 0 and one line, or 1 and why not");
}

std::optional<int> Flags::Parse(int argc, const char* const* argv) {
  try {
    app_->parse(argc, argv);
    const bool tool_chosen = std::any_of(tools_.begin(), tools_.end(),
                                         [](const CLI::App* tool) { return tool->parsed(); });
    if (tool_chosen || (health_check_ != nullptr && *health_check_)) return std::nullopt;
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
  std::fprintf(stderr, "%s: %s\n", program.c_str(), problem.c_str());
  return 2;
}

}  // namespace syncline
