#include "common/auth/token_list.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <algorithm>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_split.h"
#include "common/base/errors.h"
#include "common/base/log.h"

namespace syncline::auth {
namespace {

constexpr std::size_t kLongestName = 64;
constexpr std::size_t kMostProblems = 20;
constexpr char kExpected[] = "expected name:sha256:<64 hex digits>, as `token NAME` prints it";
constexpr char kExpectedName[] = "a name is 1 to 64 letters, digits, '.', '_' or '-'";

TokenDigest DigestOf(std::string_view token) {
  TokenDigest digest;
  SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(), digest.data());
  return digest;
}

bool IsName(std::string_view name) {
  return !name.empty() && name.size() <= kLongestName &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' ||
                  c == '-';
         });
}

std::optional<TokenDigest> ParseHex(std::string_view hex) {
  TokenDigest digest;
  if (hex.size() != 2 * digest.size() || !std::all_of(hex.begin(), hex.end(), [](char c) {
        return absl::ascii_isxdigit(static_cast<unsigned char>(c));
      })) {
    return std::nullopt;
  }
  const std::string bytes = absl::HexStringToBytes(std::string(hex));
  std::copy(bytes.begin(), bytes.end(), digest.begin());
  return digest;
}

// All problems in one line, so that a start can fail with it.
absl::Status BadLines(const std::vector<std::string>& problems) {
  std::string message;
  for (std::size_t i = 0; i < std::min(problems.size(), kMostProblems); ++i)
    message += (i == 0 ? "" : "; ") + problems[i];
  if (problems.size() > kMostProblems)
    message += fmt::format("; and {} more", problems.size() - kMostProblems);
  return MakeStatus(absl::StatusCode::kInvalidArgument, message);
}

}  // namespace

absl::StatusOr<TokenList> TokenList::Parse(std::string_view text) {
  TokenList list;
  std::vector<std::string> problems;
  int number = 0;
  for (const auto piece : absl::StrSplit(absl::string_view(text.data(), text.size()), '\n')) {
    ++number;
    const auto stripped = absl::StripAsciiWhitespace(piece);
    const std::string_view line(stripped.data(), stripped.size());
    if (line.empty() || line.front() == '#') continue;
    const auto problem = [&](std::string_view what) {
      problems.push_back(fmt::format("line {}: {}", number, what));
    };
    constexpr std::string_view kKind = ":sha256:";
    const std::size_t kind = line.find(kKind);
    if (kind == std::string_view::npos) {
      problem(kExpected);
      continue;
    }
    const std::string_view name = line.substr(0, kind);
    const auto digest = ParseHex(line.substr(kind + kKind.size()));
    if (!IsName(name)) {
      problem(kExpectedName);
    } else if (!digest) {
      problem(kExpected);
    } else if (std::any_of(list.tokens_.begin(), list.tokens_.end(),
                           [&](const Named& other) { return other.name == name; })) {
      problem("the name was used before");
    } else if (std::any_of(list.tokens_.begin(), list.tokens_.end(),
                           [&](const Named& other) { return other.digest == *digest; })) {
      problem("the token has another name already");
    } else {
      list.tokens_.push_back({std::string(name), *digest});
    }
  }
  if (problems.empty() && list.tokens_.empty())
    problems.emplace_back("it holds no token, so nobody could call; add a line");
  if (!problems.empty()) return BadLines(problems);
  return list;
}

std::optional<std::string> TokenList::NameOf(std::string_view token) const {
  if (token.size() < kShortestToken || token.size() > kLongestToken) return std::nullopt;
  const TokenDigest digest = DigestOf(token);
  const Named* found = nullptr;
  for (const Named& named : tokens_) {
    if (CRYPTO_memcmp(named.digest.data(), digest.data(), digest.size()) == 0) found = &named;
  }
  if (found == nullptr) return std::nullopt;
  return found->name;
}

std::string NewToken() {
  unsigned char bytes[32];
  if (RAND_bytes(bytes, sizeof(bytes)) != 1) {
    LogError("OpenSSL has no randomness");  // a token made without it could be guessed
    std::abort();
  }
  const std::string text = absl::WebSafeBase64Escape(
      absl::string_view(reinterpret_cast<const char*>(bytes), sizeof(bytes)));
  OPENSSL_cleanse(bytes, sizeof(bytes));
  return "syncline_" + text;  // lets secret scanners know it
}

absl::StatusOr<std::string> TokenLine(std::string_view name, std::string_view token) {
  if (!IsName(name)) return MakeStatus(absl::StatusCode::kInvalidArgument, kExpectedName);
  const TokenDigest digest = DigestOf(token);
  return fmt::format("{}:sha256:{}", name,
                     absl::BytesToHexString(absl::string_view(
                         reinterpret_cast<const char*>(digest.data()), digest.size())));
}

}  // namespace syncline::auth
