#include "executor/core/event_loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>

namespace syncline::executor {

EventLoop::EventLoop()
    : events_(epoll_create1(EPOLL_CLOEXEC)), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  epoll_event event{};
  // Each write wakes it once, so that nobody need read what was written.
  event.events = EPOLLIN | EPOLLET;
  event.data.fd = wake_;
  if (ok()) epoll_ctl(events_, EPOLL_CTL_ADD, wake_, &event);
  thread_ = std::thread([this] { Run(); });
}

EventLoop::~EventLoop() {
  Stop();
  if (wake_ >= 0) close(wake_);
  if (events_ >= 0) close(events_);
}

// Under the lock: the task may end the loop's life, so nothing of it may be touched after the
// unlock.
void EventLoop::Wake() {
  if (!std::exchange(asleep_, false)) return;
  const std::uint64_t one = 1;
  // Could only fail when the count is full, after 2^64 wakes.
  if (write(wake_, &one, sizeof(one)) < 0) return;
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

void EventLoop::Watch(int socket, std::uint32_t events, bool watched) {
  epoll_event event{};
  event.events = events;
  event.data.fd = socket;
  if (epoll_ctl(events_, watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket, &event) == 0) return;
  // A descriptor that was closed and came back is new to the kernel.
  if (errno == ENOENT) {
    epoll_ctl(events_, EPOLL_CTL_ADD, socket, &event);
  } else if (errno == EEXIST) {
    epoll_ctl(events_, EPOLL_CTL_MOD, socket, &event);
  }
}

void EventLoop::Unwatch(int socket) {
  epoll_event event{};
  epoll_ctl(events_, EPOLL_CTL_DEL, socket, &event);
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

void EventLoop::TakeSockets(int sleep_ms) {
  std::array<epoll_event, 256> ready;
  const int count = epoll_wait(events_, ready.data(), static_cast<int>(ready.size()), sleep_ms);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = ready[static_cast<std::size_t>(i)];
    if (event.data.fd != wake_ && socket_task_) socket_task_(event.data.fd, event.events);
  }
}

void EventLoop::TakeDueTimers() {
  if (timers_.empty()) return;
  const TimePoint now = std::chrono::steady_clock::now();
  while (!timers_.empty() && timers_.begin()->first.first <= now) {
    due_.erase(timers_.begin()->first.second);
    ready_.push_back(std::move(timers_.begin()->second));
    timers_.erase(timers_.begin());
  }
}

void EventLoop::Run() {
  std::vector<Task> batch;  // taken at once, so that the lock is not asked for between two tasks
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const int sleep_ms = SleepMs();
    asleep_ = sleep_ms != 0;
    lock.unlock();
    TakeSockets(sleep_ms);
    lock.lock();
    asleep_ = false;
    TakeDueTimers();
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
