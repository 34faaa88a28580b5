#include "common/base/log.h"

#include <memory>
#include <nlohmann/json.hpp>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace syncline {
namespace {

using Json = nlohmann::ordered_json;

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

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string FormatLogLine(LogFormat format, std::string_view program, std::string_view time,
                          LogLevel level, std::string_view event,
                          std::initializer_list<LogField> fields) {
  if (format == LogFormat::kJson) {
    Json line = {
        {"time", time}, {"level", LevelName(level)}, {"program", program}, {"event", event}};
    for (const LogField& field : fields) {
      if (field.is_number) {
        line[field.key] = field.number;
      } else {
        line[field.key] = field.text;
      }
    }
    return Dump(line);
  }
  std::string line;
  line.append(time).append(" ").append(LevelName(level)).append(" ").append(event);
  for (const LogField& field : fields) {
    line += " " + field.key + "=" +
            (field.is_number ? std::to_string(field.number) : Dump(Json(field.text)));
  }
  return line;
}

void ConfigureLog(std::string_view program, LogFormat format, LogLevel lowest) {
  State().program = program;
  State().format = format;
  State().lowest = lowest;
}

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
