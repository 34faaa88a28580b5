#include "common/connectors/json_pointer.h"

#include <charconv>

namespace syncline::connectors {

absl::StatusOr<JsonPointer> JsonPointer::Parse(std::string_view text) {
  JsonPointer pointer;
  if (text.empty()) return pointer;
  if (text.front() != '/') {
    return absl::InvalidArgumentError(
        "is not a JSON Pointer: it must be empty or start with '/', as in /data/items");
  }
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '/') {
      pointer.tokens_.emplace_back();
    } else if (text[i] != '~') {
      pointer.tokens_.back() += text[i];
    } else if (i + 1 < text.size() && (text[i + 1] == '0' || text[i + 1] == '1')) {
      pointer.tokens_.back() += text[++i] == '0' ? '~' : '/';
    } else {
      return absl::InvalidArgumentError(
          "is not a JSON Pointer: '~' must be written ~0, and '/' within a name ~1");
    }
  }
  return pointer;
}

std::string JsonPointer::text() const {
  std::string text;
  for (const auto& token : tokens_) text += '/' + EscapePointerToken(token);
  return text;
}

std::optional<size_t> ArrayIndex(std::string_view token) {
  if (token.empty() || (token.size() > 1 && token.front() == '0')) return std::nullopt;
  size_t index = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
  if (error != std::errc() || end != token.data() + token.size()) return std::nullopt;
  return index;
}

std::string EscapePointerToken(std::string_view name) {
  std::string escaped;
  for (const char c : name) {
    if (c == '~') {
      escaped += "~0";
    } else if (c == '/') {
      escaped += "~1";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

}  // namespace syncline::connectors
