// Completes runs that have nothing to write: many of them in one statement, since each commit costs
// the same. While one batch is under way the next one gathers, so that a lone run does not wait.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/worker_pool.h"
#include "executor/core/event_loop.h"
#include "executor/storage/page_store.h"

namespace syncline::executor {

// Every function on the loop. What the constructor takes outlives it, and the pool is stopped
// before it goes.
class CompletionBatches {
 public:
  // Told on the loop what the statement said of this run; see PageStore.
  using Done = std::function<void(absl::StatusOr<std::optional<Committed>>)>;

  CompletionBatches(EventLoop* loop, WorkerPool* database, PageStore* store)
      : loop_(*loop), database_(*database), store_(*store) {}

  // Commits page `page_seq` + 1 as the run's last, and renews its lease. It is in no other batch
  // meanwhile.
  void Add(const Claim& claim, std::int64_t page_seq, absl::Duration lease, Done done);

 private:
  void SendIfIdle();

  EventLoop& loop_;
  WorkerPool& database_;
  PageStore& store_;
  absl::Duration lease_;  // the one that was told last
  std::vector<Completion> waiting_;
  std::vector<Done> dones_;  // of waiting_, in the same order
  int under_way_ = 0;
};

}  // namespace syncline::executor
