#include "common/postgres/connection.h"

#include <fmt/format.h>

#include <utility>

#include "common/base/status_macros.h"
#include "common/postgres/pqxx_bridge.h"
#include "common/postgres/watchdog.h"

namespace syncline::postgres {

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const ConnectionOptions& options) {
  ASSIGN_OR_RETURN(const std::string conninfo, BuildConninfo(options));
  ASSIGN_OR_RETURN(auto connection, OpenPqxx(conninfo));
  // The server ends a statement first; the watchdog is for a server that no longer answers.
  return std::unique_ptr<Connection>(
      new Connection(std::move(connection), options.statement_timeout + absl::Seconds(3)));
}

Connection::Connection(std::unique_ptr<PqxxConnection> connection, absl::Duration limit)
    : connection_(std::move(connection)), limit_(limit) {}

Connection::~Connection() = default;

absl::Status Connection::Guarded(const std::function<void()>& call) {
  const Watchdog::Guard guard(connection_->pqxx.sock(), limit_);
  absl::Status status = CatchPqxx(call);
  if (MustDrop(status)) broken_ = true;
  return status;
}

absl::StatusOr<Result> Connection::Run(std::string_view sql, const Params& params) {
  if (broken_) return absl::UnavailableError("the database session is no longer usable");
  pqxx::result result;
  RETURN_IF_ERROR(Guarded([&] {
    auto [entry, is_new] = prepared_.try_emplace(sql.data());
    if (is_new) {
      entry->second = fmt::format("s{}", prepared_.size());
      connection_->pqxx.prepare(entry->second, std::string(sql));
    }
    pqxx::nontransaction work(connection_->pqxx);
    result = ExecPrepared(work, entry->second, params);
  }));
  return Result(std::move(result));
}

absl::Status Connection::RunScript(const std::string& sql) {
  if (broken_) return absl::UnavailableError("the database session is no longer usable");
  return Guarded([&] {
    pqxx::nontransaction work(connection_->pqxx);
    work.exec(sql);
  });
}

absl::Status Connection::InTransaction(const std::function<absl::Status(Connection&)>& body) {
  RETURN_IF_ERROR(RunScript("BEGIN"));
  absl::Status status = body(*this);
  if (status.ok()) {
    status = RunScript("COMMIT");
    if (!status.ok()) broken_ = true;
    return status;
  }
  if (!broken_ && !RunScript("ROLLBACK").ok()) broken_ = true;
  return status;
}

}  // namespace syncline::postgres
