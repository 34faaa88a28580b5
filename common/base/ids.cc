#include "common/base/ids.h"

#include <array>
#include <cctype>
#include <cstdint>
#include <random>

#include <fmt/format.h>

namespace syncline {

std::string NewRandomUuid() {
  std::random_device kernel;
  std::array<std::uint32_t, 4> words = {kernel(), kernel(), kernel(), kernel()};
  words[1] = (words[1] & 0xFFFF0FFFU) | 0x00004000U;
  words[2] = (words[2] & 0x3FFFFFFFU) | 0x80000000U;
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:04x}{:08x}", words[0], words[1] >> 16,
                     words[1] & 0xFFFFU, words[2] >> 16, words[2] & 0xFFFFU, words[3]);
}

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
