// A listening TCP socket.
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace syncline::gateway {

// Owns the socket.
class Listener {
 public:
  // "127.0.0.1:8080", "[::1]:0", "localhost:8080". UNAVAILABLE with the system's words.
  static absl::StatusOr<Listener> Open(const std::string& address);
  ~Listener();
  Listener(Listener&& other) noexcept;
  Listener& operator=(Listener&&) = delete;

  int socket() const { return socket_; }
  int port() const { return port_; }

 private:
  Listener(int socket, int port) : socket_(socket), port_(port) {}
  int socket_;
  int port_;
};

}  // namespace syncline::gateway
