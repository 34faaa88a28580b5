// Lets a libcurl multi handle live on an event loop: tells it which of its sockets are ready, and
// when its time has come. curl_multi_poll and curl_multi_perform look at every transfer each time
// that one of them moves; here only those that move cost anything, so a thousand that wait for slow
// remotes cost nothing.
#pragma once

#include <curl/curl.h>

#include <functional>
#include <utility>

#include "executor/core/event_loop.h"

namespace syncline::executor {

// The loop outlives it, and it outlives the handle, which tells it of the last sockets.
class SocketEvents {
 public:
  // `moved`: libcurl has done something; on the loop.
  SocketEvents(EventLoop* loop, std::function<void()> moved)
      : loop_(*loop), moved_(std::move(moved)) {}
  SocketEvents(const SocketEvents&) = delete;
  SocketEvents& operator=(const SocketEvents&) = delete;

  // Once, before anything is done with the handle; what is done with it is done on the loop.
  void Attach(CURLM* multi);

 private:
  static int OnSocket(CURL* easy, curl_socket_t socket, int what, void* self, void* known);
  static int OnTimer(CURLM* multi, long milliseconds, void* self);
  void Act(curl_socket_t socket, int ready);

  EventLoop& loop_;
  const std::function<void()> moved_;
  CURLM* multi_ = nullptr;
  EventLoop::TimerId timer_ = 0;
};

}  // namespace syncline::executor
