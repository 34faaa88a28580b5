// Hints and notes between schedulers over LISTEN/NOTIFY. They make somebody look sooner; nothing
// depends on them. Poolers break LISTEN silently, so the listener proves itself by a note to itself
// every 10 s.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "common/base/socket_poller.h"
#include "common/postgres/connection.h"

namespace syncline::postgres {

// Owns a thread and a session from construction to destruction.
class Listener {
 public:
  // `on_hint` is called on the listener's thread for every hint of another process on `channel` (a
  // plain identifier), `on_note` for every note.
  Listener(ConnectionOptions options, std::string channel, std::function<void()> on_hint,
           std::function<void(const std::string&)> on_note);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // Whether the last self-note came back within 15 s: hints arrive. While false, poll.
  bool proved() const { return proved_; }

  // Sends a hint to the other listeners, soon and on the listener's thread, at most ten a second.
  // Any thread.
  void Hint();

  // Sends a note (at most 7,900 bytes) to the other listeners, as Hint does. The oldest are dropped
  // while more than 1,000 wait for a session. Any thread.
  void Tell(std::string note);

 private:
  void Run();
  // One session's life: listens until an error or the end.
  absl::Status Serve();
  absl::Status SendNotes(Connection& session);

  const ConnectionOptions options_;
  const std::string channel_;
  const std::string self_;  // a random id, to know our own notes
  const std::function<void()> on_hint_;
  const std::function<void(const std::string&)> on_note_;
  std::mutex mutex_;
  std::deque<std::string> notes_;
  std::atomic<bool> proved_ = false;
  std::atomic<bool> hint_wanted_ = false;
  std::atomic<bool> stopping_ = false;
  SocketPoller poller_;
  std::thread thread_;
};

}  // namespace syncline::postgres
