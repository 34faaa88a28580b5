// One thread that runs small tasks one after the other, now or later. Everything that decides in an
// executor happens on its loop, so that no decision needs a lock; what blocks or computes happens
// elsewhere and posts its result here.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/time.h"

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

  // Runs `task` on the loop, after those that were posted before. After Stop it is dropped. Any
  // thread.
  void Post(Task task);

  // Runs `task` on the loop not before `delay` from now; the id is above 0. Any thread.
  TimerId PostAfter(absl::Duration delay, Task task);
  // Without effect when it has run. Any thread.
  void CancelTimer(TimerId id);

  // Ends the thread after the task that runs now and drops what waits. Not from a task. Idempotent.
  void Stop();

 private:
  using TimePoint = std::chrono::steady_clock::time_point;
  void Run();

  // Wakes the loop if it sleeps and nobody has woken it yet. Under the lock.
  void Wake();

  std::mutex mutex_;
  std::condition_variable wake_;
  bool asleep_ = false;
  std::vector<Task> ready_;
  std::map<std::pair<TimePoint, TimerId>, Task> timers_;
  std::map<TimerId, TimePoint> due_;
  TimerId last_timer_ = 0;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace syncline::executor
