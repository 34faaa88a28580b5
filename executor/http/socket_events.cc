#include "executor/http/socket_events.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>

namespace syncline::executor {

SocketEvents::SocketEvents()
    : events_(epoll_create1(EPOLL_CLOEXEC)), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = wake_;
  if (ok()) epoll_ctl(events_, EPOLL_CTL_ADD, wake_, &event);
}

SocketEvents::~SocketEvents() {
  if (wake_ >= 0) close(wake_);
  if (events_ >= 0) close(events_);
}

void SocketEvents::Attach(CURLM* multi) {
  curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, &SocketEvents::OnSocket);
  curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &SocketEvents::OnTimer);
  curl_multi_setopt(multi, CURLMOPT_TIMERDATA, this);
}

int SocketEvents::OnSocket(CURL* /*easy*/, curl_socket_t socket, int what, void* self,
                           void* /*unused*/) {
  const int events = static_cast<SocketEvents*>(self)->events_;
  epoll_event event{};
  event.data.fd = socket;
  if (what == CURL_POLL_REMOVE) {
    epoll_ctl(events, EPOLL_CTL_DEL, socket, &event);
    return 0;
  }
  if ((what & CURL_POLL_IN) != 0) event.events |= EPOLLIN;
  if ((what & CURL_POLL_OUT) != 0) event.events |= EPOLLOUT;
  // A descriptor that was closed and came back is new to the kernel.
  if (epoll_ctl(events, EPOLL_CTL_MOD, socket, &event) == 0 || errno != ENOENT) return 0;
  epoll_ctl(events, EPOLL_CTL_ADD, socket, &event);
  return 0;
}

int SocketEvents::OnTimer(CURLM* /*multi*/, long milliseconds, void* self) {
  auto& due = static_cast<SocketEvents*>(self)->due_;
  due.reset();
  if (milliseconds >= 0) due = Clock::now() + std::chrono::milliseconds(milliseconds);
  return 0;
}

int SocketEvents::WaitMs(std::chrono::milliseconds most) const {
  if (!due_) return static_cast<int>(most.count());
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*due_ - Clock::now());
  return static_cast<int>(std::clamp(left, std::chrono::milliseconds(0), most).count());
}

void SocketEvents::Step(CURLM* multi, std::chrono::milliseconds most) {
  std::array<epoll_event, 256> ready;
  const int count = epoll_wait(events_, ready.data(), static_cast<int>(ready.size()), WaitMs(most));
  int running = 0;
  for (int i = 0; i < count; ++i) {
    const int socket = ready[static_cast<std::size_t>(i)].data.fd;
    if (socket == wake_) {
      std::uint64_t wakes = 0;
      while (read(wake_, &wakes, sizeof(wakes)) > 0) continue;
      continue;
    }
    // What it is ready for, libcurl asks itself, as it does when it polls.
    curl_multi_socket_action(multi, socket, 0, &running);
  }
  if (due_ && *due_ <= Clock::now()) {
    due_.reset();
    curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
  }
}

void SocketEvents::Wake() {
  const std::uint64_t one = 1;
  // Fails only when it is awake already.
  if (write(wake_, &one, sizeof(one)) < 0) return;
}

}  // namespace syncline::executor
