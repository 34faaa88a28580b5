#include "gateway/http/connection_stream.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

namespace syncline::gateway {
namespace {

constexpr auto kLinger = std::chrono::seconds(1);
constexpr std::size_t kLongestMethod = 20;
constexpr std::size_t kLingerBytes = std::size_t{4} << 20;

void Describe(const sockaddr_storage& address, std::string& ip, int& port) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.ss_family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, &address, sizeof(v4));
    inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
    port = ntohs(v4.sin_port);
  } else if (address.ss_family == AF_INET6) {
    sockaddr_in6 v6;
    std::memcpy(&v6, &address, sizeof(v6));
    inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
    port = ntohs(v6.sin6_port);
  }
  ip = text.data();
}

}  // namespace

bool ConnectionStream::Await(short events, Clock::time_point deadline) const {
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd waited{socket(), events, 0};
    const int ready = poll(&waited, 1, static_cast<int>(std::clamp<long>(left, 0, 60'000)));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
    if (Clock::now() >= deadline) return false;
  }
}

bool ConnectionStream::Handshake(Clock::duration timeout) {
  const auto deadline = Clock::now() + timeout;
  while (true) {
    const Transport::Result result = transport_.Handshake();
    if (result.bytes > 0) return true;
    if (result.wait_for == 0 || !Await(result.wait_for, deadline)) return false;
  }
}

bool ConnectionStream::AwaitRequest(Clock::duration timeout) {
  if (begin_ < end_) return true;
  read_deadline_ = Clock::now() + timeout;
  bytes_left_ = buffer_.size();
  return Fill();
}

void ConnectionStream::BeginRequest(Clock::duration timeout, std::size_t bytes) {
  read_deadline_ = Clock::now() + timeout;
  bytes_left_ = bytes;
  too_many_bytes_ = false;
  timed_out_ = false;
  replaced_.clear();
  head_.clear();
  keep_head_ = true;
}

std::string ConnectionStream::PeekMethod() const {
  const std::string_view text(buffer_.data() + begin_, end_ - begin_);
  const std::size_t blank = text.find(' ');
  const bool name = blank != std::string_view::npos && blank > 0 && blank <= kLongestMethod &&
                    std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(blank),
                                [](char c) { return (c >= 'A' && c <= 'Z') || c == '-'; });
  return name ? std::string(text.substr(0, blank)) : "";
}

void ConnectionStream::ReplaceMethod(const std::string& method) {
  begin_ += PeekMethod().size();
  replaced_ = method;
}

std::string ConnectionStream::TakeHead() {
  keep_head_ = false;
  return std::exchange(head_, {});
}

bool ConnectionStream::Fill() {
  while (true) {
    const Transport::Result got = transport_.Receive(buffer_.data(), buffer_.size());
    if (got.bytes > 0) {
      begin_ = 0;
      end_ = static_cast<std::size_t>(got.bytes);
      return true;
    }
    if (got.wait_for == 0) return false;
    if (!Await(got.wait_for, read_deadline_)) {
      timed_out_ = true;
      return false;
    }
  }
}

ssize_t ConnectionStream::read(char* data, std::size_t size) {
  if (bytes_left_ == 0) {
    too_many_bytes_ = true;
    return -1;
  }
  // A peer that always has a byte ready must not escape its deadline.
  if (Clock::now() >= read_deadline_) {
    timed_out_ = true;
    return -1;
  }
  std::size_t taken = 0;
  if (!replaced_.empty()) {
    taken = std::min({size, replaced_.size(), bytes_left_});
    std::memcpy(data, replaced_.data(), taken);
    replaced_.erase(0, taken);
  } else {
    if (begin_ == end_ && !Fill()) return timed_out_ ? -1 : 0;
    taken = std::min({size, end_ - begin_, bytes_left_});
    std::memcpy(data, buffer_.data() + begin_, taken);
    begin_ += taken;
  }
  if (keep_head_) head_.append(data, taken);
  bytes_left_ -= taken;
  return static_cast<ssize_t>(taken);
}

ssize_t ConnectionStream::write(const char* data, std::size_t size) {
  const auto deadline = Clock::now() + write_timeout_;
  std::size_t done = 0;
  while (done < size) {
    const Transport::Result sent = transport_.Send(data + done, size - done);
    if (sent.bytes > 0) {
      done += static_cast<std::size_t>(sent.bytes);
    } else if (sent.wait_for == 0 || !Await(sent.wait_for, deadline)) {
      return -1;
    }
  }
  return static_cast<ssize_t>(size);
}

void ConnectionStream::Linger() {
  transport_.EndSending();
  shutdown(socket(), SHUT_WR);
  read_deadline_ = Clock::now() + kLinger;
  for (std::size_t drained = 0; drained < kLingerBytes && Clock::now() < read_deadline_;) {
    if (!Fill()) return;
    drained += end_;
  }
}

// Writing waits for itself; what matters is whether anybody reads.
bool ConnectionStream::is_writable() const { return PeerConnected(); }

bool ConnectionStream::is_readable() const {
  return begin_ < end_ || transport_.Pending() || Await(POLLIN, Clock::now());
}

void ConnectionStream::get_remote_ip_and_port(std::string& ip, int& port) const {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  if (getpeername(socket(), reinterpret_cast<sockaddr*>(&address), &size) == 0)
    Describe(address, ip, port);
}

void ConnectionStream::get_local_ip_and_port(std::string& ip, int& port) const {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  if (getsockname(socket(), reinterpret_cast<sockaddr*>(&address), &size) == 0)
    Describe(address, ip, port);
}

}  // namespace syncline::gateway
