#include "common/base/log.h"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace syncline {
namespace {

using Json = nlohmann::json;

struct LogState {
  std::string program = "syncline";
  LogFormat format = LogFormat::kText;
  LogLevel lowest = LogLevel::kInfo;
  std::shared_ptr<spdlog::logger> logger;

  LogState()
      : logger(std::make_shared<spdlog::logger>(
            "syncline", std::make_shared<spdlog::sinks::stderr_sink_mt>())) {
    logger->set_pattern("%v");
    logger->flush_on(spdlog::level::trace);
  }
};

LogState& State() {
  static LogState& state = *new LogState;  // never destroyed: threads may log during exit
  return state;
}

const char* LevelName(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "error";
}

// Appends text as a JSON string.
void AppendQuoted(std::string& line, std::string_view text) {
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return c >= ' ' && c < 0x7F && c != '"' && c != '\\';
  });
  if (plain) {
    line.append(1, '"').append(text).append(1, '"');
  } else {
    line += Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
  }
}

}  // namespace

std::string FormatLogLine(LogFormat format, std::string_view program, std::string_view time,
                          LogLevel level, std::string_view event,
                          std::initializer_list<LogField> fields) {
  if (format == LogFormat::kJson) {
    std::string line = "{";
    const auto add = [&line](std::string_view key, std::string_view text) {
      if (line.size() > 1) line += ',';
      AppendQuoted(line, key);
      line += ':';
      AppendQuoted(line, text);
    };
    add("time", time);
    add("level", LevelName(level));
    add("program", program);
    add("event", event);
    for (const LogField& field : fields) {
      if (field.is_number) {
        line += ',';
        AppendQuoted(line, field.key);
        line += ':' + std::to_string(field.number);
      } else {
        add(field.key, field.text());
      }
    }
    return line + "}";
  }
  std::string line;
  line.append(time).append(" ").append(LevelName(level)).append(" ").append(event);
  for (const LogField& field : fields) {
    line.append(" ").append(field.key).append("=");
    if (field.is_number) {
      line += std::to_string(field.number);
    } else {
      AppendQuoted(line, field.text());
    }
  }
  return line;
}

void ConfigureLog(std::string_view program, LogFormat format, LogLevel lowest) {
  State().program = program;
  State().format = format;
  State().lowest = lowest;
}

LogFormat ConfiguredLogFormat() { return State().format; }

void Log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  LogState& state = State();
  if (level < state.lowest) return;
  const std::string time =
      absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", absl::Now(), absl::UTCTimeZone());
  state.logger->log(spdlog::level::info,
                    spdlog::string_view_t(
                        FormatLogLine(state.format, state.program, time, level, event, fields)));
}

}  // namespace syncline
