#include "tests/support/concurrent_call.h"

#include <utility>

#include "tests/support/test_cluster.h"

namespace syncline::testing {
namespace {

std::int64_t WaitingSessions(postgres::Connection& db) {
  return QueryInt(db,
                  "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                  "wait_event_type = 'Lock'");
}

}  // namespace

ConcurrentCall::ConcurrentCall(postgres::Connection& db, std::function<void()> call) {
  const std::int64_t others = WaitingSessions(db);
  thread_ = std::thread([this, call = std::move(call)] {
    call();
    ended_ = true;
  });
  while (!waited_ && !ended_) {
    waited_ = WaitingSessions(db) > others;
    std::this_thread::yield();
  }
}

void ConcurrentCall::Join() {
  if (thread_.joinable()) thread_.join();
}

}  // namespace syncline::testing
