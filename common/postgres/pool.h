// A bounded pool of sessions. Opens them on demand, throws broken ones away, and says once when the
// database goes away and once when it is back.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "common/postgres/connection.h"

namespace syncline::postgres {

// Any thread. Must outlive every call.
class Pool {
 public:
  Pool(ConnectionOptions options, int max_connections);

  // Runs one statement on a session of the pool; see Connection::Run.
  absl::StatusOr<Result> Run(std::string_view sql, const Params& params = {});

  // Runs `body` with a session of the pool, outside a transaction or inside one.
  absl::Status With(const std::function<absl::Status(Connection&)>& body);
  absl::Status InTransaction(const std::function<absl::Status(Connection&)>& body);

  // Whether the last session that was opened or used answered. True before the first.
  bool available() const;

  // The longest time that a body (a statement or a transaction) took since the last call of this.
  absl::Duration TakeSlowest();

  // Counts the times that the database came back, so that a reaper can wait after each.
  std::int64_t recoveries() const;

 private:
  absl::StatusOr<std::unique_ptr<Connection>> Acquire();
  void Release(std::unique_ptr<Connection> connection);
  void Note(const absl::Status& status);

  const ConnectionOptions options_;
  const int max_connections_;
  mutable std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<Connection>> idle_;
  int open_ = 0;
  bool available_ = true;
  std::int64_t recoveries_ = 0;
  absl::Duration slowest_;
};

}  // namespace syncline::postgres
