// Hints between schedulers over LISTEN/NOTIFY. A hint makes somebody look sooner; nothing depends
// on it. Poolers break LISTEN silently, so the listener proves itself by a note to itself every 10
// s.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "common/postgres/connection.h"

namespace syncline::postgres {

// Owns a thread and a session from construction to destruction.
class Listener {
 public:
  // `on_hint` is called on the listener's thread for every hint of another process on `channel` (a
  // plain identifier).
  Listener(ConnectionOptions options, std::string channel, std::function<void()> on_hint);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // Whether the last self-note came back within 15 s: hints arrive. While false, poll.
  bool proved() const { return proved_; }

  // Sends a hint to the other listeners, soon and on the listener's thread, at most ten a second.
  // Any thread.
  void Hint();

 private:
  void Run();
  // One session's life: listens until an error or the end.
  absl::Status Serve();

  const ConnectionOptions options_;
  const std::string channel_;
  const std::string self_;  // a random id, to know our own notes
  const std::function<void()> on_hint_;
  std::atomic<bool> proved_ = false;
  std::atomic<bool> hint_wanted_ = false;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace syncline::postgres
