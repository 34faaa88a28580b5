// Waits for sockets and for being woken, at once: epoll and an eventfd.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <functional>

namespace syncline {

// One thread's, but for Wake.
class SocketPoller {
 public:
  // `events`: epoll's.
  using Ready = std::function<void(int socket, std::uint32_t events)>;

  SocketPoller();
  ~SocketPoller();
  SocketPoller(const SocketPoller&) = delete;
  SocketPoller& operator=(const SocketPoller&) = delete;

  // False when the machine has no more descriptors: then nothing is ever ready, and Wait is short.
  bool ok() const { return ok_; }

  // Watches a socket for these events, also one that is watched already (`watched` says what is
  // likely). One that is closed is watched no more. False when the machine has no room for it.
  bool Watch(int socket, std::uint32_t events, bool watched);
  void Unwatch(int socket);

  // Waits until a socket is ready, for Wake, or for `most_ms` (-1: however long).
  void Wait(int most_ms);
  // Calls `ready` for those that the Wait before found, a few at most, so that whoever has other
  // things to do comes to them; the next one finds the others. `ready` may watch and unwatch.
  void Serve(const Ready& ready);
  // Ends the Wait that is under way, or the next one. Any thread.
  void Wake();

 private:
  const int events_;
  const int wake_;
  bool ok_ = false;
  std::array<epoll_event, 32> ready_;
  int count_ = 0;  // of those in ready_
};

}  // namespace syncline
