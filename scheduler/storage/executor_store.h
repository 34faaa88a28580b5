// Who the executors are and when they were last heard of; and small chores of the tables that only
// the scheduler keeps.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/postgres/pool.h"

namespace syncline::scheduler {

struct ExecutorHello {
  std::string process_id, name, version;
  int slots = 0;
  int busy = 0;
  std::vector<std::string> connector_types;
};

struct ExecutorSign {
  std::string process_id;
  int busy = 0;
  bool draining = false;
};

// Any thread. `pool` outlives it.
class ExecutorStore {
 public:
  explicit ExecutorStore(postgres::Pool* pool) : pool_(*pool) {}

  // Whether it is news: nothing was heard of the process within the last `lease`.
  absl::StatusOr<bool> SayHello(const ExecutorHello& hello, absl::Duration lease);
  absl::Status Touch(const std::vector<ExecutorSign>& signs);
  // History partitions ahead, history older than `retention`, old request ids and executors: safe
  // to call at any time, on several schedulers. False when a drop gave way to whoever uses the
  // history and is worth another try soon.
  absl::StatusOr<bool> KeepHouse(absl::Duration retention);

 private:
  postgres::Pool& pool_;
};

}  // namespace syncline::scheduler
