#include "executor/connectors/rest/watermark.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "absl/strings/numbers.h"
#include "executor/connectors/json_text.h"

namespace syncline::executor {
namespace {

constexpr absl::Duration kMaxAhead = absl::Hours(24);
constexpr double kFirstMilliseconds = 1e11;
constexpr double kMaxEpoch = 1e18;  // beyond it, subtracting could leave 64 bits

struct TimeFormat {
  const char* read;
  const char* write;  // of times in UTC
};
constexpr TimeFormat kTimeFormats[] = {
    {"%Y-%m-%d%ET%H:%M:%E*S%Ez", "%Y-%m-%dT%H:%M:%E*SZ"},
    {"%Y-%m-%d%ET%H:%M:%E*S", "%Y-%m-%dT%H:%M:%E*S"},
    {"%Y-%m-%d %H:%M:%E*S", "%Y-%m-%d %H:%M:%E*S"},
    {"%Y-%m-%d", "%Y-%m-%d"},
};

// Times begin with four digits and a dash; absl would take "infinite-future" and signs as well.
std::optional<absl::Time> ParseTime(std::string_view text, const TimeFormat** format = nullptr) {
  if (text.size() < 10 || text[4] != '-' || text[0] < '0' || text[0] > '9') return std::nullopt;
  for (const TimeFormat& candidate : kTimeFormats) {
    absl::Time time;
    if (absl::ParseTime(candidate.read, absl::string_view(text.data(), text.size()), &time,
                        nullptr)) {
      if (format != nullptr) *format = &candidate;
      return time;
    }
  }
  return std::nullopt;
}

std::optional<int64_t> ParseInteger(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

double ParseNumber(std::string_view text) {
  double value = 0;
  // Overflow gives infinity, which is what such a number is next to a mark.
  (void)absl::SimpleAtod(absl::string_view(text.data(), text.size()), &value);
  return value;
}

ValueOrder OrderOf(std::string_view value) {
  if (ParseTime(value)) return ValueOrder::kTime;
  return IsJsonNumber(value) ? ValueOrder::kNumber : ValueOrder::kText;
}

bool IsAfter(ValueOrder order, std::string_view a, std::string_view b) {
  if (order == ValueOrder::kTime) return ParseTime(a) > ParseTime(b);
  if (order == ValueOrder::kNumber) {
    const auto whole_a = ParseInteger(a);
    const auto whole_b = ParseInteger(b);
    if (whole_a && whole_b) return *whole_a > *whole_b;
    return ParseNumber(a) > ParseNumber(b);
  }
  return a > b;
}

std::string NumberBefore(std::string_view mark, absl::Duration lag) {
  const bool milliseconds = std::abs(ParseNumber(mark)) >= kFirstMilliseconds;
  const auto whole = ParseInteger(mark);
  if (whole && std::abs(ParseNumber(mark)) < kMaxEpoch) {
    return fmt::format(
        "{}", *whole - (milliseconds ? absl::ToInt64Milliseconds(lag) : absl::ToInt64Seconds(lag)));
  }
  return fmt::format("{:.6f}", ParseNumber(mark) - (milliseconds ? absl::ToDoubleMilliseconds(lag)
                                                                 : absl::ToDoubleSeconds(lag)));
}

}  // namespace

std::string_view ValueOrderName(ValueOrder order) {
  switch (order) {
    case ValueOrder::kTime:
      return "time";
    case ValueOrder::kNumber:
      return "number";
    case ValueOrder::kText:
      return "text";
    case ValueOrder::kUnknown:
      break;
  }
  return "unknown";
}

std::optional<ValueOrder> ParseValueOrder(std::string_view name) {
  for (const auto order :
       {ValueOrder::kUnknown, ValueOrder::kTime, ValueOrder::kNumber, ValueOrder::kText}) {
    if (ValueOrderName(order) == name) return order;
  }
  return std::nullopt;
}

void Watermark::Observe(std::string_view value, std::optional<absl::Time> now) {
  if (value == high) return;
  const ValueOrder seen = OrderOf(value);
  if (seen == ValueOrder::kTime && now && *ParseTime(value) > *now + kMaxAhead) return;
  if (order == ValueOrder::kUnknown) {
    order = seen;
  } else if (order != seen) {
    order = ValueOrder::kText;
  }
  if (high.empty() || IsAfter(order, value, high)) high = value;
}

std::optional<std::string> Watermark::Since(absl::Duration lag) const {
  if (mark.empty()) return std::nullopt;
  if (lag == absl::ZeroDuration() || order == ValueOrder::kText) return mark;
  if (order == ValueOrder::kNumber) return NumberBefore(mark, lag);
  const TimeFormat* format = nullptr;
  const auto time = ParseTime(mark, &format);
  if (!time) return mark;
  return absl::FormatTime(format->write, *time - lag, absl::UTCTimeZone());
}

}  // namespace syncline::executor
