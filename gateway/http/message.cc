#include "gateway/http/message.h"

#include <array>
#include <cstdint>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

namespace syncline::gateway {
namespace {

bool SameName(std::string_view a, std::string_view b) {
  return absl::EqualsIgnoreCase(absl::string_view(a.data(), a.size()),
                                absl::string_view(b.data(), b.size()));
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> PercentDecode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size() || HexValue(text[i + 1]) < 0 || HexValue(text[i + 2]) < 0)
        return std::nullopt;
      decoded.push_back(static_cast<char>(HexValue(text[i + 1]) * 16 + HexValue(text[i + 2])));
      i += 2;
    } else {
      decoded.push_back(plus_is_space && text[i] == '+' ? ' ' : text[i]);
    }
  }
  if (!IsUtf8(decoded)) return std::nullopt;
  return decoded;
}

// Calls `each` with what stands between the separators.
template <typename Each>
void Split(std::string_view text, char separator, Each each) {
  while (true) {
    const std::size_t end = text.find(separator);
    each(text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

std::string HttpRequest::Header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (SameName(key, name)) return value;
  }
  return "";
}

bool HttpRequest::HasHeader(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (SameName(key, name)) return true;
  }
  return false;
}

std::optional<std::string> HttpRequest::Cookie(std::string_view name) const {
  std::optional<std::string> found;
  for (const auto& [key, value] : headers) {
    if (!SameName(key, "Cookie")) continue;
    Split(value, ';', [&](std::string_view pair) {
      while (!pair.empty() && pair.front() == ' ') pair.remove_prefix(1);
      const std::size_t equals = pair.find('=');
      if (!found && equals != std::string_view::npos && pair.substr(0, equals) == name)
        found = std::string(pair.substr(equals + 1));
    });
  }
  return found;
}

std::string ParseTarget(std::string_view target, HttpRequest& request) {
  const std::size_t question = target.find('?');
  std::string_view path = target.substr(0, question);
  if (path.empty() || path.front() != '/') return "the request's target is not a path";
  path.remove_prefix(1);
  bool fine = true;
  request.path.clear();
  request.query.clear();
  if (!path.empty()) {
    Split(path, '/', [&](std::string_view segment) {
      auto decoded = PercentDecode(segment, false);
      fine = fine && decoded.has_value();
      if (decoded) request.path.push_back(*std::move(decoded));
    });
  }
  if (question != std::string_view::npos && question + 1 < target.size()) {
    Split(target.substr(question + 1), '&', [&](std::string_view pair) {
      if (pair.empty()) return;
      const std::size_t equals = pair.find('=');
      auto name = PercentDecode(pair.substr(0, equals), true);
      auto value =
          PercentDecode(equals == std::string_view::npos ? "" : pair.substr(equals + 1), true);
      fine = fine && name && value;
      if (name && value) request.query.emplace_back(*std::move(name), *std::move(value));
    });
  }
  return fine ? "" : "the request's target is not percent-encoded UTF-8";
}

std::string EncodeSegment(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      encoded.push_back(c);
    } else {
      const auto byte = static_cast<std::uint8_t>(c);
      encoded += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return encoded;
}

bool IsUtf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<std::uint8_t>(text[i++]);
    if (lead < 0x80) continue;
    const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    if (lead < 0xC2 || lead > 0xF4 || i + more > text.size()) return false;
    std::uint32_t code = lead & (0x3F >> more);
    for (int k = 0; k < more; ++k) {
      const auto next = static_cast<std::uint8_t>(text[i++]);
      if ((next & 0xC0) != 0x80) return false;
      code = code << 6 | (next & 0x3F);
    }
    constexpr std::array<std::uint32_t, 4> kLeast = {0, 0x80, 0x800, 0x10000};
    if (code < kLeast[more] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return false;
  }
  return true;
}

}  // namespace syncline::gateway
