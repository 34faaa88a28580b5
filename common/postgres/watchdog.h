// Ends database calls that nothing else ends: a middlebox that stays up but forwards nothing
// defeats TCP keepalives and libpq's timeouts alike. Shuts the socket down when a call overstays;
// the call then fails.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <limits>
#include <map>
#include <mutex>
#include <thread>

#include "absl/time/time.h"

namespace syncline::postgres {

class Watchdog {
 public:
  // The process's one watchdog; its thread starts with the first call and never ends.
  static Watchdog& Instance();

  // Ends every guarded call now: something showed that the server no longer answers.
  void CutAll();

  // Guards the calling thread's use of `socket` until destroyed. The socket must stay open for as
  // long.
  class Guard {
   public:
    Guard(int socket, absl::Duration limit);
    ~Guard();
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

   private:
    std::pair<std::int64_t, std::int64_t> key_;
  };

 private:
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

  Watchdog();
  void Run();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::int64_t next_id_ = 0;
  // When its thread looks next, at the latest. Most calls end long before their limit, so that each
  // wakes nobody: the thread finds that the call it was to look after is over, and the next one.
  std::int64_t awake_at_ = kNever;
  // (steady deadline in nanoseconds, id) → socket
  std::map<std::pair<std::int64_t, std::int64_t>, int> guarded_;
};

}  // namespace syncline::postgres
