#include "common/base/socket_poller.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

namespace syncline {

SocketPoller::SocketPoller()
    : events_(epoll_create1(EPOLL_CLOEXEC)), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  // Each write wakes it once, so that nobody need read what was written.
  ok_ = Watch(wake_, EPOLLIN | EPOLLET, false);
}

SocketPoller::~SocketPoller() {
  if (wake_ >= 0) close(wake_);
  if (events_ >= 0) close(events_);
}

bool SocketPoller::Watch(int socket, std::uint32_t events, bool watched) {
  epoll_event event{};
  event.events = events;
  event.data.fd = socket;
  if (epoll_ctl(events_, watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket, &event) == 0) return true;
  // A descriptor that was closed and came back is new to the kernel.
  if (errno == ENOENT) return epoll_ctl(events_, EPOLL_CTL_ADD, socket, &event) == 0;
  return errno == EEXIST && epoll_ctl(events_, EPOLL_CTL_MOD, socket, &event) == 0;
}

void SocketPoller::Unwatch(int socket) {
  epoll_event event{};
  epoll_ctl(events_, EPOLL_CTL_DEL, socket, &event);
}

void SocketPoller::Wait(int most_ms) {
  if (ok_) {
    count_ = epoll_wait(events_, ready_.data(), static_cast<int>(ready_.size()), most_ms);
  } else {
    poll(nullptr, 0, 10);
  }
}

void SocketPoller::Serve(const Ready& ready) {
  for (int i = 0; i < count_; ++i) {
    const epoll_event& event = ready_[static_cast<std::size_t>(i)];
    if (event.data.fd != wake_) ready(event.data.fd, event.events);
  }
}

void SocketPoller::Wake() {
  const std::uint64_t one = 1;
  // Could only fail when the count is full, after 2^64 wakes.
  if (write(wake_, &one, sizeof(one)) < 0) return;
}

}  // namespace syncline
