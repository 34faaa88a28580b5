#include "executor/connectors/json_text.h"

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <optional>

namespace syncline::executor {
namespace {

constexpr size_t kMaxNumberLength = 1000;
constexpr int kMaxExponent = 400;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Steps over digits; false when there is none.
bool SkipDigits(std::string_view text, size_t& i) {
  const size_t start = i;
  while (i < text.size() && IsDigit(text[i])) ++i;
  return i > start;
}

std::optional<uint32_t> HexUnit(std::string_view raw, size_t at) {
  uint32_t unit = 0;
  if (at + 4 > raw.size()) return std::nullopt;
  const auto [end, error] = std::from_chars(raw.data() + at, raw.data() + at + 4, unit, 16);
  if (error != std::errc() || end != raw.data() + at + 4) return std::nullopt;
  return unit;
}

bool IsHighSurrogate(uint32_t unit) { return unit >= 0xd800 && unit < 0xdc00; }
bool IsLowSurrogate(uint32_t unit) { return unit >= 0xdc00 && unit < 0xe000; }

char* WriteUtf8(uint32_t code, char* out) {
  const auto byte = [&](uint32_t value) { *out++ = static_cast<char>(value); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xc0 | (code >> 6));
    byte(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    byte(0xe0 | (code >> 12));
    byte(0x80 | ((code >> 6) & 0x3f));
    byte(0x80 | (code & 0x3f));
  } else {
    byte(0xf0 | (code >> 18));
    byte(0x80 | ((code >> 12) & 0x3f));
    byte(0x80 | ((code >> 6) & 0x3f));
    byte(0x80 | (code & 0x3f));
  }
  return out;
}

// One \uXXXX, or two that are a surrogate pair, with `i` at the first 'u'; leaves it at the last
// digit.
bool ReadUnicodeEscape(std::string_view raw, size_t& i, char*& out, JsonDefect& defect) {
  const auto unit = HexUnit(raw, i + 1);
  if (!unit) return false;
  i += 4;
  uint32_t code = *unit;
  if (IsHighSurrogate(code) && raw.substr(i + 1, 2) == "\\u") {
    const auto low = HexUnit(raw, i + 3);
    if (!low) return false;
    if (IsLowSurrogate(*low)) {
      code = 0x10000 + ((code - 0xd800) << 10) + (*low - 0xdc00);
      i += 6;
    }
  }
  if (code == 0) {
    defect = JsonDefect::kNul;
  } else if (IsHighSurrogate(code) || IsLowSurrogate(code)) {
    defect = JsonDefect::kSurrogate;
  } else {
    out = WriteUtf8(code, out);
  }
  return true;
}

}  // namespace

bool IsJsonNumber(std::string_view text) {
  size_t i = 0;
  if (i < text.size() && text[i] == '-') ++i;
  const size_t first = i;
  if (!SkipDigits(text, i)) return false;
  if (text[first] == '0' && i > first + 1) return false;
  if (i < text.size() && text[i] == '.') {
    ++i;
    if (!SkipDigits(text, i)) return false;
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    if (!SkipDigits(text, i)) return false;
  }
  return i == text.size();
}

bool IsStorableNumber(std::string_view number) {
  if (number.size() > kMaxNumberLength) return false;
  const size_t mark = number.find_first_of("eE");
  if (mark == std::string_view::npos) return true;
  std::string_view exponent = number.substr(mark + 1);
  if (exponent.front() == '+') exponent.remove_prefix(1);
  int value = 0;
  const auto [end, error] =
      std::from_chars(exponent.data(), exponent.data() + exponent.size(), value);
  return error == std::errc() && std::abs(value) <= kMaxExponent;
}

char* UnescapeJsonString(std::string_view raw, char* out, JsonDefect& defect) {
  constexpr std::string_view kEscapes = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  for (size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] == '"') return out;
    if (raw[i] != '\\') {
      *out++ = raw[i];
      continue;
    }
    if (++i == raw.size()) return nullptr;
    if (raw[i] == 'u') {
      if (!ReadUnicodeEscape(raw, i, out, defect)) return nullptr;
      continue;
    }
    const size_t escape = kEscapes.find(raw[i]);
    if (escape == std::string_view::npos) return nullptr;
    *out++ = kMeanings[escape];
  }
  return nullptr;
}

}  // namespace syncline::executor
