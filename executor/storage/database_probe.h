// Finds out whether the database answers, on a session of its own with short limits, so that a
// database that falls silent is noticed in seconds, however long a statement may take.
#pragma once

#include <memory>

#include "absl/status/status.h"
#include "common/postgres/connection.h"

namespace syncline::executor {

// Used by one thread at a time.
class DatabaseProbe {
 public:
  // The limits of `options` are replaced.
  explicit DatabaseProbe(postgres::ConnectionOptions options);

  // OK when the database answers and has our tables; blocks for 6 s at most. A session that falls
  // silent takes along every call of this process that waits for the same server: what became of
  // those is read back.
  absl::Status Check();

 private:
  const postgres::ConnectionOptions options_;
  std::unique_ptr<postgres::Connection> session_;
};

}  // namespace syncline::executor
