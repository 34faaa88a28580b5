// Cuts one direction of a PostgreSQL session into its messages (protocol 3.0, "Message Formats").
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace syncline::testing {

struct PgMessage {
  char type = 0;      // 0: a start-up message, which has none
  std::string bytes;  // all of it, as it came
  // What follows type and length.
  std::string_view body() const { return std::string_view(bytes).substr(type == 0 ? 4 : 5); }
};

class PgMessages {
 public:
  // `starts_untyped`: a client's first messages have no type, until the one that starts the
  // session.
  explicit PgMessages(bool starts_untyped) : untyped_(starts_untyped) {}

  void Feed(std::string_view bytes) { buffer_ += bytes; }
  // The next whole message; nullopt until more bytes come.
  std::optional<PgMessage> Next();

 private:
  bool untyped_;
  std::string buffer_;
};

// The text up to the first NUL at or after `*position`, which moves past it.
std::string_view TakeText(std::string_view body, std::size_t* position);

}  // namespace syncline::testing
