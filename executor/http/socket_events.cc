#include "executor/http/socket_events.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>

namespace syncline::executor {
namespace {

// What libcurl need not ask the socket again; 0: it asks. After an error or a hang-up it does,
// since what these mean depends on what it waits for.
int ReadyFor(std::uint32_t events) {
  if ((events & ~static_cast<std::uint32_t>(EPOLLIN | EPOLLOUT)) != 0) return 0;
  return ((events & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0) |
         ((events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0);
}

}  // namespace

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
  multi_ = multi;
  curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, &SocketEvents::OnSocket);
  curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &SocketEvents::OnTimer);
  curl_multi_setopt(multi, CURLMOPT_TIMERDATA, this);
}

int SocketEvents::OnSocket(CURL* /*easy*/, curl_socket_t socket, int what, void* self,
                           void* known) {
  auto& events = *static_cast<SocketEvents*>(self);
  epoll_event event{};
  event.data.fd = socket;
  if (what == CURL_POLL_REMOVE) {
    epoll_ctl(events.events_, EPOLL_CTL_DEL, socket, &event);
    return 0;
  }
  if ((what & CURL_POLL_IN) != 0) event.events |= EPOLLIN;
  if ((what & CURL_POLL_OUT) != 0) event.events |= EPOLLOUT;
  // libcurl keeps the mark until it removes the socket.
  if (known == nullptr) curl_multi_assign(events.multi_, socket, self);
  const int likely = known == nullptr ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
  if (epoll_ctl(events.events_, likely, socket, &event) == 0) return 0;
  // A descriptor that was closed and came back is new to the kernel.
  if (errno == ENOENT) {
    epoll_ctl(events.events_, EPOLL_CTL_ADD, socket, &event);
  } else if (errno == EEXIST) {
    epoll_ctl(events.events_, EPOLL_CTL_MOD, socket, &event);
  }
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
    const epoll_event& event = ready[static_cast<std::size_t>(i)];
    if (event.data.fd == wake_) {
      std::uint64_t wakes = 0;
      if (read(wake_, &wakes, sizeof(wakes)) > 0) woken_.exchange(false);
      continue;
    }
    curl_multi_socket_action(multi, event.data.fd, ReadyFor(event.events), &running);
  }
  if (due_ && *due_ <= Clock::now()) {
    due_.reset();
    curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
  }
}

void SocketEvents::Wake() {
  if (woken_.exchange(true)) return;
  const std::uint64_t one = 1;
  // Fails only when it is awake already.
  if (write(wake_, &one, sizeof(one)) < 0) return;
}

}  // namespace syncline::executor
