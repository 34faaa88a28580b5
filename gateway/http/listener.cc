#include "gateway/http/listener.h"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "common/base/errors.h"

namespace syncline::gateway {
namespace {

constexpr int kBacklog = 256;

absl::Status CannotListen(const std::string& address, const char* why) {
  return MakeStatus(absl::StatusCode::kUnavailable,
                    fmt::format("cannot listen on {} (SYNC_HTTP_LISTEN): {}", address, why));
}

int PortOf(int socket) {
  sockaddr_storage bound{};
  socklen_t size = sizeof(bound);
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&bound), &size) != 0) return 0;
  sockaddr_in6 v6;
  sockaddr_in v4;
  if (bound.ss_family == AF_INET6) {
    std::memcpy(&v6, &bound, sizeof(v6));
    return ntohs(v6.sin6_port);
  }
  std::memcpy(&v4, &bound, sizeof(v4));
  return ntohs(v4.sin_port);
}

}  // namespace

absl::StatusOr<Listener> Listener::Open(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  std::string host = address.substr(0, colon);
  if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* list = nullptr;
  if (const int error = getaddrinfo(host.c_str(), address.substr(colon + 1).c_str(), &hints, &list);
      error != 0) {
    return CannotListen(address, gai_strerror(error));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses(list, &freeaddrinfo);
  int error = EADDRNOTAVAIL;
  for (const addrinfo* candidate = list; candidate != nullptr; candidate = candidate->ai_next) {
    const int socket = ::socket(candidate->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket < 0) continue;
    // Not SO_REUSEPORT: a second gateway on the port would start and be half heard.
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (bind(socket, candidate->ai_addr, candidate->ai_addrlen) == 0 &&
        listen(socket, kBacklog) == 0) {
      return Listener(socket, PortOf(socket));
    }
    error = errno;
    close(socket);
  }
  return CannotListen(address, std::strerror(error));
}

Listener::Listener(Listener&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), port_(other.port_) {}

Listener::~Listener() {
  if (socket_ >= 0) close(socket_);
}

}  // namespace syncline::gateway
