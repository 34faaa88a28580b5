#include "tests/bench/slow_upstream.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "absl/time/clock.h"
#include "tests/bench/loopback.h"

namespace syncline::bench {
namespace {

constexpr char kAnswer[] =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 23\r\n\r\n"
    R"([{"id":"1"},{"id":"2"}])";
constexpr int kTickMs = 5;

void Watch(int events, int socket) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = socket;
  epoll_ctl(events, EPOLL_CTL_ADD, socket, &event);
}

}  // namespace

SlowUpstream::SlowUpstream(int origins, absl::Duration delay)
    : delay_(delay), events_(epoll_create1(EPOLL_CLOEXEC)) {
  for (int i = 0; i < origins; ++i) {
    LoopbackListener listener = ListenOnLoopback(512);
    listeners_.push_back(listener.socket);
    urls_.push_back(std::move(listener.url));
    Watch(events_, listener.socket);
  }
  thread_ = std::thread([this] { Serve(); });
}

SlowUpstream::~SlowUpstream() {
  stopping_ = true;
  thread_.join();
  for (const auto& [socket, connection] : connections_) close(socket);
  for (const int listener : listeners_) close(listener);
  close(events_);
}

void SlowUpstream::Serve() {
  std::array<epoll_event, 256> ready;
  while (!stopping_) {
    const int count = epoll_wait(events_, ready.data(), static_cast<int>(ready.size()), kTickMs);
    for (int i = 0; i < count; ++i) {
      const int socket = ready[static_cast<std::size_t>(i)].data.fd;
      if (std::count(listeners_.begin(), listeners_.end(), socket) == 0) {
        Read(socket);
        continue;
      }
      const int accepted = accept4(socket, nullptr, nullptr, SOCK_CLOEXEC);
      if (accepted < 0) continue;
      const int on = 1;
      setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
      connections_[accepted].number = ++accepted_;
      Watch(events_, accepted);
    }
    AnswerThoseInTime();
  }
}

void SlowUpstream::Read(int socket) {
  Connection& connection = connections_[socket];
  std::array<char, 4096> bytes;
  const ssize_t got = recv(socket, bytes.data(), bytes.size(), 0);
  if (got <= 0) return Close(socket);
  connection.request.append(bytes.data(), static_cast<std::size_t>(got));
  if (connection.request.find("\r\n\r\n") == std::string::npos) return;
  connection.request.clear();
  queue_.push_back({absl::Now() + delay_, socket, connection.number});
  ++held_;
}

void SlowUpstream::AnswerThoseInTime() {
  const absl::Time now = absl::Now();
  while (!queue_.empty() && queue_.front().until <= now) {
    const Held next = queue_.front();
    queue_.pop_front();
    --held_;
    const auto connection = connections_.find(next.socket);
    if (connection == connections_.end() || connection->second.number != next.connection) continue;
    if (send(next.socket, kAnswer, sizeof(kAnswer) - 1, MSG_NOSIGNAL) < 0) {
      Close(next.socket);
    } else {
      ++answered_;
    }
  }
}

void SlowUpstream::Close(int socket) {
  connections_.erase(socket);
  close(socket);
}

}  // namespace syncline::bench
