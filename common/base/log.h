// Structured logging: one event a line, to standard error, as JSON or as text. Field values are
// encoded, so that no value can start a new line or forge a field. Never pass a secret. Any thread.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace syncline {

enum class LogFormat { kJson, kText };
enum class LogLevel { kDebug, kInfo, kWarning, kError };

// Made where it is logged and gone with that call: it copies nothing, so that a line that is not
// shown costs next to nothing.
struct LogField {
  LogField(std::string_view k, std::string_view v) : key(k), view(v) {}
  LogField(std::string_view k, const char* v) : key(k), view(v) {}
  LogField(std::string_view k, const std::string& v) : key(k), view(v) {}
  LogField(std::string_view k, std::int64_t v) : key(k), number(v), is_number(true) {}
  LogField(std::string_view k, int v) : LogField(k, static_cast<std::int64_t>(v)) {}
  LogField(std::string_view k, std::size_t v) : LogField(k, static_cast<std::int64_t>(v)) {}
  LogField(std::string_view k, const absl::Status& status) : key(k), owned(status.ToString()) {}

  std::string_view text() const { return owned.empty() ? view : std::string_view(owned); }

  std::string_view key;
  std::string_view view;
  std::string owned;
  std::int64_t number = 0;
  bool is_number = false;
};

// Sets format, lowest level shown and the name that each line carries. Call once, before threads
// start.
void ConfigureLog(std::string_view program, LogFormat format, LogLevel lowest);
// Text until ConfigureLog was called.
LogFormat ConfiguredLogFormat();

void Log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields);

inline void LogDebug(std::string_view event, std::initializer_list<LogField> fields = {}) {
  Log(LogLevel::kDebug, event, fields);
}
inline void LogInfo(std::string_view event, std::initializer_list<LogField> fields = {}) {
  Log(LogLevel::kInfo, event, fields);
}
inline void LogWarning(std::string_view event, std::initializer_list<LogField> fields = {}) {
  Log(LogLevel::kWarning, event, fields);
}
inline void LogError(std::string_view event, std::initializer_list<LogField> fields = {}) {
  Log(LogLevel::kError, event, fields);
}

// The line that Log writes, without its end: for tests of the encoding.
std::string FormatLogLine(LogFormat format, std::string_view program, std::string_view time,
                          LogLevel level, std::string_view event,
                          std::initializer_list<LogField> fields);

}  // namespace syncline
