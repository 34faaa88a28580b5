// Tells libcurl which of its sockets are ready, and when its time has come. curl_multi_poll and
// curl_multi_perform look at every transfer each time that one of them moves; here only those that
// move cost anything, so a thousand that wait for slow remotes cost nothing.
#pragma once

#include <curl/curl.h>

#include <atomic>
#include <chrono>
#include <optional>

namespace syncline::executor {

// Used by one thread, but for Wake.
class SocketEvents {
 public:
  SocketEvents();
  // After the end of what it was attached to, which tells it of the last sockets.
  ~SocketEvents();
  SocketEvents(const SocketEvents&) = delete;
  SocketEvents& operator=(const SocketEvents&) = delete;

  // False when the machine has no more descriptors.
  bool ok() const { return events_ >= 0 && wake_ >= 0; }
  void Attach(CURLM* multi);

  // Waits for sockets, for libcurl's time, for Wake, or for `most`, and lets libcurl do what is to
  // be done.
  void Step(CURLM* multi, std::chrono::milliseconds most);
  // Ends the wait of this or the next Step. Any thread.
  void Wake();

 private:
  using Clock = std::chrono::steady_clock;

  static int OnSocket(CURL* easy, curl_socket_t socket, int what, void* self, void* known);
  static int OnTimer(CURLM* multi, long milliseconds, void* self);
  // Milliseconds until libcurl's time, `most` at most.
  int WaitMs(std::chrono::milliseconds most) const;

  const int events_;
  const int wake_;
  std::atomic<bool> woken_ = false;  // wake_ was written and not yet read
  CURLM* multi_ = nullptr;
  std::optional<Clock::time_point> due_;
};

}  // namespace syncline::executor
