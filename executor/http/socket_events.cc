#include "executor/http/socket_events.h"

#include <sys/epoll.h>

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

void SocketEvents::Attach(CURLM* multi) {
  multi_ = multi;
  curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, &SocketEvents::OnSocket);
  curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &SocketEvents::OnTimer);
  curl_multi_setopt(multi, CURLMOPT_TIMERDATA, this);
  loop_.Post([this] {
    loop_.SetReady([this](int socket, std::uint32_t events) { Act(socket, ReadyFor(events)); });
  });
}

int SocketEvents::OnSocket(CURL* /*easy*/, curl_socket_t socket, int what, void* self,
                           void* known) {
  auto& events = *static_cast<SocketEvents*>(self);
  if (what == CURL_POLL_REMOVE) {
    events.loop_.sockets().Unwatch(socket);
    return 0;
  }
  std::uint32_t mask = 0;
  if ((what & CURL_POLL_IN) != 0) mask |= EPOLLIN;
  if ((what & CURL_POLL_OUT) != 0) mask |= EPOLLOUT;
  // libcurl keeps the mark until it removes the socket.
  if (known == nullptr) curl_multi_assign(events.multi_, socket, self);
  events.loop_.sockets().Watch(socket, mask, known != nullptr);
  return 0;
}

int SocketEvents::OnTimer(CURLM* /*multi*/, long milliseconds, void* self) {
  auto& events = *static_cast<SocketEvents*>(self);
  events.loop_.CancelTimer(events.timer_);
  if (milliseconds < 0) return 0;
  events.timer_ = events.loop_.PostAfter(absl::Milliseconds(milliseconds),
                                         [&events] { events.Act(CURL_SOCKET_TIMEOUT, 0); });
  return 0;
}

void SocketEvents::Act(curl_socket_t socket, int ready) {
  int running = 0;
  curl_multi_socket_action(multi_, socket, ready, &running);
  moved_();
}

}  // namespace syncline::executor
