// One PostgreSQL session. Statements are prepared once a session, run with a time limit that also a
// silent network cannot outlast, and answer with a status. A session that failed is dead: drop it,
// never reuse it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/postgres/conninfo.h"
#include "common/postgres/row.h"

namespace syncline::postgres {

struct PqxxConnection;

// Used by one thread at a time.
class Connection {
 public:
  // UNAVAILABLE when the server cannot be reached, INVALID_ARGUMENT when the URL is bad.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const ConnectionOptions& options);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Runs one statement in a transaction of its own (or in the one that InTransaction opened). `sql`
  // must stay the same text at the same place for the life of the process (a constant), since its
  // address names the plan. UNAVAILABLE: its fate is unknown; read back before you send it again.
  absl::StatusOr<Result> Run(std::string_view sql, const Params& params = {});

  // Runs a script of several statements without parameters, for migrations and tests.
  absl::Status RunScript(const std::string& sql);

  // Runs `body` between BEGIN and COMMIT; rolls back when it returns an error.
  absl::Status InTransaction(const std::function<absl::Status(Connection&)>& body);

  // Whether an error made this session unusable.
  bool broken() const { return broken_; }
  // For the listener: waits for notifications of this session.
  PqxxConnection& raw() { return *connection_; }

 private:
  Connection(std::unique_ptr<PqxxConnection> connection, const ConnectionOptions& options);
  absl::Status Guarded(const std::function<void()>& call);
  absl::StatusOr<Result> RunOne(std::string_view sql, const Params& params);

  std::unique_ptr<PqxxConnection> connection_;
  const absl::Duration limit_;  // of one call, seen from here
  const std::function<void(std::string_view, absl::Duration)> on_statement_;
  std::unordered_map<const char*, std::string> prepared_;
  bool broken_ = false;
};

}  // namespace syncline::postgres
