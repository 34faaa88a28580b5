#include "executor/core/event_loop.h"

#include <algorithm>

namespace syncline::executor {

EventLoop::EventLoop() : thread_([this] { Run(); }) {}

EventLoop::~EventLoop() { Stop(); }

// Under the lock: the task may end the loop's life, so nothing of it may be touched after the
// unlock.
void EventLoop::Wake() {
  if (std::exchange(asleep_, false)) wake_.notify_one();
}

void EventLoop::Post(Task task) {
  std::lock_guard lock(mutex_);
  if (stopping_) return;
  ready_.push_back(std::move(task));
  Wake();
}

EventLoop::TimerId EventLoop::PostAfter(absl::Duration delay, Task task) {
  // Bounded, so that a time point can hold it.
  const absl::Duration bounded = std::clamp(delay, absl::ZeroDuration(), absl::Hours(24 * 366));
  const TimePoint at = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(bounded);
  std::lock_guard lock(mutex_);
  const TimerId id = ++last_timer_;
  if (stopping_) return id;
  timers_.emplace(std::make_pair(at, id), std::move(task));
  due_.emplace(id, at);
  if (timers_.begin()->first.second == id) Wake();
  return id;
}

void EventLoop::CancelTimer(TimerId id) {
  Task dropped;  // destroyed without the lock
  std::lock_guard lock(mutex_);
  const auto found = due_.find(id);
  if (found == due_.end()) return;
  const auto timer = timers_.find({found->second, id});
  dropped = std::move(timer->second);
  timers_.erase(timer);
  due_.erase(found);
}

void EventLoop::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    Wake();
  }
  if (thread_.joinable()) thread_.join();
  std::vector<Task> ready;
  std::map<std::pair<TimePoint, TimerId>, Task> timers;
  std::lock_guard lock(mutex_);
  ready.swap(ready_);
  timers.swap(timers_);
}

void EventLoop::Run() {
  std::vector<Task> batch;  // taken at once, so that the lock is not asked for between two tasks
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    while (!timers_.empty() && timers_.begin()->first.first <= std::chrono::steady_clock::now()) {
      due_.erase(timers_.begin()->first.second);
      ready_.push_back(std::move(timers_.begin()->second));
      timers_.erase(timers_.begin());
    }
    if (ready_.empty()) {
      asleep_ = true;
      if (timers_.empty()) {
        wake_.wait(lock);
      } else {
        // Of its own, since wait_until reads it again after waking, when a cancelled timer is gone.
        const TimePoint next = timers_.begin()->first.first;
        wake_.wait_until(lock, next);
      }
      asleep_ = false;
      continue;
    }
    batch.swap(ready_);
    lock.unlock();
    for (Task& task : batch) {
      if (stopping_) break;
      task();
      task = nullptr;  // may own the last reference to something that posts
    }
    batch.clear();  // without the lock, for the same reason
    lock.lock();
  }
}

}  // namespace syncline::executor
