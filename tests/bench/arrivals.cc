#include "tests/bench/arrivals.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "absl/time/clock.h"

namespace syncline::bench {
namespace {

constexpr char kBody[] = R"([{"id":"1"},{"id":"2"}])";

}  // namespace

Arrivals::Arrivals() : listener_(ListenOnLoopback(64)) {
  acceptor_ = std::thread([this] { Accept(); });
}

Arrivals::~Arrivals() {
  shutdown(listener_.socket, SHUT_RDWR);
  acceptor_.join();
  for (const int socket : sockets_) shutdown(socket, SHUT_RDWR);
  for (std::thread& connection : connections_) connection.join();
  for (const int socket : sockets_) close(socket);
  close(listener_.socket);
}

absl::Time Arrivals::Await(absl::Duration limit) {
  std::unique_lock lock(mutex_);
  arrived_.wait_for(lock, absl::ToChronoNanoseconds(limit),
                    [this] { return first_ != absl::InfiniteFuture(); });
  return first_;
}

void Arrivals::Forget() {
  std::lock_guard lock(mutex_);
  first_ = absl::InfiniteFuture();
}

void Arrivals::Accept() {
  for (int socket = 0; (socket = accept4(listener_.socket, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
    sockets_.push_back(socket);
    connections_.emplace_back([this, socket] { Serve(socket); });
  }
}

void Arrivals::Serve(int socket) {
  const int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  const std::string answer = fmt::format(
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
      sizeof(kBody) - 1, kBody);
  std::string request;
  std::array<char, 4096> bytes;
  for (ssize_t got = 0; (got = recv(socket, bytes.data(), bytes.size(), 0)) > 0;) {
    if (request.empty()) {
      const absl::Time now = absl::Now();
      std::lock_guard lock(mutex_);
      if (first_ == absl::InfiniteFuture()) first_ = now;
      arrived_.notify_all();
    }
    request.append(bytes.data(), static_cast<std::size_t>(got));
    if (request.find("\r\n\r\n") == std::string::npos) continue;
    request.clear();
    if (send(socket, answer.data(), answer.size(), MSG_NOSIGNAL) < 0) return;
    ++answered_;
  }
}

}  // namespace syncline::bench
