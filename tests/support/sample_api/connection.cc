#include "tests/support/sample_api/connection.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace syncline::sample_api {
namespace {

constexpr int kPollMilliseconds = 100;

bool PeerIs(int socket, const std::string& address, int port) {
  sockaddr_storage peer{};
  socklen_t length = sizeof(peer);
  if (::getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &length) != 0) return false;
  char text[INET6_ADDRSTRLEN] = "";
  if (peer.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(peer);
    ::inet_ntop(AF_INET, &v4.sin_addr, text, sizeof(text));
    return ntohs(v4.sin_port) == port && address == text;
  }
  if (peer.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(peer);
    ::inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof(text));
    return ntohs(v6.sin6_port) == port && address == text;
  }
  return false;
}

int FindSocket(const std::string& address, int port) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", error)) {
    const int descriptor = std::atoi(entry.path().filename().c_str());
    if (PeerIs(descriptor, address, port)) return descriptor;
  }
  return -1;
}

}  // namespace

Connection::Connection(const httplib::Request& request, const std::function<bool()>& stopping)
    : socket_(FindSocket(request.remote_addr, request.remote_port)), stopping_(stopping) {}

bool Connection::Gone() const {
  if (socket_ < 0 || stopping_()) return true;
  char byte = 0;
  const ssize_t got = ::recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

bool Connection::Send(std::string_view bytes) const {
  while (!bytes.empty()) {
    if (Gone()) return false;
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<size_t>(sent));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      pollfd writable{socket_, POLLOUT, 0};
      ::poll(&writable, 1, kPollMilliseconds);
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

void Connection::Close() const {
  if (socket_ >= 0) ::shutdown(socket_, SHUT_RDWR);
}

}  // namespace syncline::sample_api
