#include "common/base/ids.h"

#include <sys/random.h>

#include <cctype>
#include <cerrno>
#include <cstdlib>

#include "absl/strings/escaping.h"

namespace syncline {

std::string NewRandomUuidBytes(std::size_t count) {
  std::string bytes(count * kUuidBytes, '\0');
  for (std::size_t filled = 0; filled < bytes.size();) {
    const ssize_t got = getrandom(bytes.data() + filled, bytes.size() - filled, 0);
    if (got < 0 && errno != EINTR) std::abort();  // the kernel has no randomness to give
    if (got > 0) filled += static_cast<std::size_t>(got);
  }
  for (std::size_t id = 0; id < bytes.size(); id += kUuidBytes) {
    bytes[id + 6] = static_cast<char>((bytes[id + 6] & 0x0F) | 0x40);  // version, RFC 9562 §4.2
    bytes[id + 8] = static_cast<char>((bytes[id + 8] & 0x3F) | 0x80);  // variant, §4.1
  }
  return bytes;
}

std::string UuidText(std::string_view bytes) {
  std::string text = absl::BytesToHexString({bytes.data(), bytes.size()});
  for (const std::size_t dash : {8U, 13U, 18U, 23U}) text.insert(dash, 1, '-');
  return text;
}

std::string NewRandomUuid() { return UuidText(NewRandomUuidBytes(1)); }

std::optional<std::string> ParseUuid(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  std::string canonical(text);
  for (std::size_t i = 0; i < canonical.size(); ++i) {
    const auto c = static_cast<unsigned char>(canonical[i]);
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? c != '-' : std::isxdigit(c) == 0) return std::nullopt;
    canonical[i] = static_cast<char>(std::tolower(c));
  }
  return canonical;
}

}  // namespace syncline
