#include "common/postgres/watchdog.h"

#include <sys/socket.h>

#include <chrono>

#include "common/base/log.h"

namespace syncline::postgres {
namespace {

std::int64_t SteadyNanos() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

}  // namespace

Watchdog& Watchdog::Instance() {
  static Watchdog& instance = *new Watchdog;
  return instance;
}

Watchdog::Watchdog() {
  std::thread([this] { Run(); }).detach();
}

void Watchdog::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    if (guarded_.empty()) {
      awake_at_ = kNever;
      wake_.wait(lock);
      continue;
    }
    const auto first = guarded_.begin();
    const std::int64_t wait = first->first.first - SteadyNanos();
    if (wait > 0) {
      awake_at_ = first->first.first;
      wake_.wait_for(lock, std::chrono::nanoseconds(wait));
      continue;
    }
    // Under the lock, so that the guard cannot end and its socket be closed in between.
    ::shutdown(first->second, SHUT_RDWR);
    guarded_.erase(first);
    LogWarning("cut a database call that overstayed its time limit");
  }
}

void Watchdog::CutAll() {
  std::lock_guard lock(mutex_);
  for (const auto& [key, socket] : guarded_) ::shutdown(socket, SHUT_RDWR);
  guarded_.clear();
}

Watchdog::Guard::Guard(int socket, absl::Duration limit) {
  Watchdog& watchdog = Instance();
  std::lock_guard lock(watchdog.mutex_);
  key_ = {SteadyNanos() + absl::ToInt64Nanoseconds(limit), ++watchdog.next_id_};
  watchdog.guarded_[key_] = socket;
  if (key_.first < watchdog.awake_at_) {
    watchdog.awake_at_ = key_.first;
    watchdog.wake_.notify_one();
  }
}

Watchdog::Guard::~Guard() {
  Watchdog& watchdog = Instance();
  std::lock_guard lock(watchdog.mutex_);
  watchdog.guarded_.erase(key_);
}

}  // namespace syncline::postgres
