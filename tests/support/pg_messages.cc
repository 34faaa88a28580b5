#include "tests/support/pg_messages.h"

#include <cstdint>

namespace syncline::testing {
namespace {

constexpr std::uint32_t kProtocol3 = 196608;  // of a start-up message that starts the session

std::uint32_t BigEndian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i)
    value = value << 8 | static_cast<unsigned char>(bytes[static_cast<std::size_t>(i)]);
  return value;
}

}  // namespace

std::optional<PgMessage> PgMessages::Next() {
  const std::size_t head = untyped_ ? 4 : 5;
  if (buffer_.size() < head) return std::nullopt;
  const std::size_t type_size = head - 4;
  // The length counts itself, and not the type.
  const std::size_t size = type_size + BigEndian(std::string_view(buffer_).substr(type_size));
  if (buffer_.size() < size) return std::nullopt;
  PgMessage message;
  message.type = untyped_ ? '\0' : buffer_[0];
  message.bytes = buffer_.substr(0, size);
  buffer_.erase(0, size);
  if (untyped_ && size >= 8 && BigEndian(message.body()) == kProtocol3) untyped_ = false;
  return message;
}

std::string_view TakeText(std::string_view body, std::size_t* position) {
  const std::size_t end = body.find('\0', *position);
  if (end == std::string_view::npos) {
    *position = body.size();
    return {};
  }
  const std::string_view text = body.substr(*position, end - *position);
  *position = end + 1;
  return text;
}

}  // namespace syncline::testing
