#include "executor/core/event_loop.h"

#include <algorithm>
#include <limits>

namespace syncline::executor {

EventLoop::EventLoop() : thread_([this] { Run(); }) {}

EventLoop::~EventLoop() { Stop(); }

// Under the lock: the task may end the loop's life, so nothing of it may be touched after the
// unlock.
void EventLoop::Wake() {
  if (std::exchange(asleep_, false)) sockets_.Wake();
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

std::size_t EventLoop::timers() {
  std::lock_guard lock(mutex_);
  return timers_.size();
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
  due_.clear();
}

int EventLoop::SleepMs() const {
  if (!ready_.empty()) return 0;
  if (timers_.empty()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(timers_.begin()->first.first -
                                                                 std::chrono::steady_clock::now());
  return static_cast<int>(
      std::clamp<std::int64_t>(left.count(), 0, std::numeric_limits<int>::max()));
}

// One after the other, so that each may still cancel the next.
void EventLoop::RunDueTimers(std::unique_lock<std::mutex>& lock, TimePoint now) {
  while (!stopping_ && !timers_.empty() && timers_.begin()->first.first <= now) {
    due_.erase(timers_.begin()->first.second);
    Task task = std::move(timers_.begin()->second);
    timers_.erase(timers_.begin());
    lock.unlock();
    task();
    task = nullptr;  // may own the last reference to something that posts
    lock.lock();
  }
}

void EventLoop::Run() {
  std::vector<Task> batch;  // taken at once, so that the lock is not asked for between two tasks
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const int sleep_ms = SleepMs();
    asleep_ = sleep_ms != 0;
    lock.unlock();
    sockets_.Wait(sleep_ms);
    lock.lock();
    asleep_ = false;  // before what is called now posts
    lock.unlock();
    sockets_.Serve(ready_socket_);
    lock.lock();
    batch.swap(ready_);
    const TimePoint now = std::chrono::steady_clock::now();
    lock.unlock();
    for (Task& task : batch) {
      if (stopping_) break;
      task();
      task = nullptr;  // may own the last reference to something that posts
    }
    batch.clear();  // without the lock, for the same reason
    lock.lock();
    RunDueTimers(lock, now);
  }
}

}  // namespace syncline::executor
