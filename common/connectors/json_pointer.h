// JSON Pointers (RFC 6901): how a config names places in a JSON document.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace syncline::connectors {

// A parsed pointer. No tokens: the whole document.
class JsonPointer {
 public:
  JsonPointer() = default;

  // INVALID_ARGUMENT with a sentence that says what would be right.
  static absl::StatusOr<JsonPointer> Parse(std::string_view text);

  // Member names or array indexes, unescaped, outermost first.
  const std::vector<std::string>& tokens() const { return tokens_; }
  // The text form; Parse(text()) gives the same pointer.
  std::string text() const;

  friend bool operator==(const JsonPointer&, const JsonPointer&) = default;

 private:
  std::vector<std::string> tokens_;
};

// A token as an array index: "0", or digits without a leading zero; nullopt for anything else.
std::optional<size_t> ArrayIndex(std::string_view token);

// One member name as it stands in a pointer ("a/b" → "a~1b").
std::string EscapePointerToken(std::string_view name);

}  // namespace syncline::connectors
