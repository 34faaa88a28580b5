// One thread that runs small tasks one after the other, now or later, and waits for sockets in
// between. Everything that decides in an executor happens on its loop, so that no decision needs a
// lock; what blocks or computes happens elsewhere and posts its result here.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/base/socket_poller.h"

namespace syncline::executor {

// Owns its thread from construction to Stop. Must outlive everybody who posts.
class EventLoop {
 public:
  using Task = std::function<void()>;
  using TimerId = std::uint64_t;

  EventLoop();
  ~EventLoop();  // Stop()
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // False when the machine has no more descriptors: it can only be stopped.
  bool ok() const { return sockets_.ok(); }

  // Runs `task` on the loop, after those that were posted before. After Stop it is dropped. Any
  // thread.
  void Post(Task task);

  // Runs `task` on the loop not before `delay` from now, a millisecond later at most if nothing
  // holds the loop up; the id is above 0. Any thread.
  TimerId PostAfter(absl::Duration delay, Task task);
  // Without effect when it has run or, from another thread than the loop's, runs. Any thread.
  void CancelTimer(TimerId id);
  // How many have neither run nor been cancelled. Any thread.
  std::size_t timers();

  // The sockets that it waits for, and what is called on the loop for each that is ready. Both on
  // the loop, or when it has stopped.
  SocketPoller& sockets() { return sockets_; }
  void SetReady(SocketPoller::Ready ready) { ready_socket_ = std::move(ready); }

  // Ends the thread after the task that runs now and drops what waits. Not from a task. Idempotent.
  void Stop();

 private:
  using TimePoint = std::chrono::steady_clock::time_point;
  void Run();

  // Wakes the loop if it sleeps and nobody has woken it yet. Under the lock.
  void Wake();
  // How long it may sleep, in milliseconds; -1 until it is woken. Under the lock.
  int SleepMs() const;
  // Those that were due at `now`, without the lock while one runs.
  void RunDueTimers(std::unique_lock<std::mutex>& lock, TimePoint now);

  SocketPoller sockets_;
  SocketPoller::Ready ready_socket_ = [](int, std::uint32_t) {};

  std::mutex mutex_;
  bool asleep_ = false;
  std::vector<Task> ready_;
  std::map<std::pair<TimePoint, TimerId>, Task> timers_;
  std::map<TimerId, TimePoint> due_;
  TimerId last_timer_ = 0;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace syncline::executor
