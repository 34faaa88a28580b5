// Named bearer tokens, known by their SHA-256 alone: what a token file holds, and how a token is
// made. Tokens are at least 32 random characters, so a plain hash cannot be searched backwards
// (docs/adr/0006).
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace syncline::auth {

using TokenDigest = std::array<unsigned char, 32>;

// The shortest and the longest token that is looked up at all, in characters.
inline constexpr std::size_t kShortestToken = 32;
inline constexpr std::size_t kLongestToken = 512;

// Immutable; any thread.
class TokenList {
 public:
  // One `name:sha256:<64 hex digits>` a line; blank lines and lines that begin with # do not count.
  // INVALID_ARGUMENT that names every bad line, and never shows what stands there.
  static absl::StatusOr<TokenList> Parse(std::string_view text);

  // Whose token it is; nullopt for nobody's. Takes as long for a token that is nearly right as for
  // one that is not.
  std::optional<std::string> NameOf(std::string_view token) const;

  std::size_t size() const { return tokens_.size(); }

 private:
  struct Named {
    std::string name;
    TokenDigest digest;
  };
  std::vector<Named> tokens_;
};

// A new token: 32 random bytes as text. Good for nothing until its line is in a file.
std::string NewToken();

// The line of a token. INVALID_ARGUMENT unless `name` is 1 to 64 of letters, digits, '.', '_', '-'.
absl::StatusOr<std::string> TokenLine(std::string_view name, std::string_view token);

}  // namespace syncline::auth
