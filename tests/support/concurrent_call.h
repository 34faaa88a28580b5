// A call that a test makes while another session holds a lock that the call needs.
#pragma once

#include <atomic>
#include <functional>
#include <thread>

#include "common/postgres/connection.h"

namespace syncline::testing {

class ConcurrentCall {
 public:
  // Starts `call` on a thread of its own. Returns once one more session of the database of `db`
  // waits for a lock than before, or once the call has ended without waiting.
  ConcurrentCall(postgres::Connection& db, std::function<void()> call);
  ~ConcurrentCall() { Join(); }

  // Whether the call had to wait.
  bool waited() const { return waited_; }
  // Returns when the call has ended.
  void Join();

 private:
  std::atomic<bool> ended_ = false;
  bool waited_ = false;
  std::thread thread_;
};

}  // namespace syncline::testing
