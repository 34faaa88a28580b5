// One check, from its order to its answer: the first page of a stream, by the same preparation,
// limits, requests and parsing as a run's, without a lease and without the database. It lives on
// the loop, as run.h's runs do.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "executor/app/checked_page.h"
#include "executor/app/run_services.h"
#include "executor/core/check.h"

namespace syncline::executor {

// Every function on the loop.
class PageCheck : public std::enable_shared_from_this<PageCheck> {
 public:
  // On the loop, exactly once, unless it is cancelled before.
  using Done = std::function<void(CheckedPage page)>;

  // Of `services`, which outlive it, it uses neither the store nor the database's threads.
  PageCheck(CheckOrder order, const RunServices* services, Done done);

  void Start();
  // Ends it without an answer, closing its request at once.
  void Cancel();

  const CheckOrder& order() const { return order_; }

 private:
  void OnPrepared(SyncResult<PreparedRun> prepared);
  void Fetch();
  void OnFetched(FetchResult result);
  void Finish(CheckedPage page);
  void Fail(const SyncError& error) { Finish(ShowError(error)); }

  const CheckOrder order_;
  const RunServices& services_;
  Done done_;  // null: ended
  const absl::Duration deadline_;

  PreparedRun prepared_;
  std::shared_ptr<RateLimiter> limiter_;
  std::unique_ptr<StreamReader> reader_;  // a worker's while it makes records of the answer
  std::uint64_t fetch_id_ = 0;
  absl::Duration fetch_began_;
  absl::Duration latency_;
  EventLoop::TimerId timer_ = 0;
};

}  // namespace syncline::executor
