#include "common/postgres/connection.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "common/base/mutant.h"
#include "common/base/status_macros.h"
#include "common/postgres/pqxx_bridge.h"
#include "common/postgres/watchdog.h"

namespace syncline::postgres {
namespace {

// The name that cmake/Embed.cmake put before the text of a file.
std::string_view NameOf(std::string_view sql) {
  if (!sql.starts_with("/* ")) return "unnamed";
  sql.remove_prefix(3);
  return sql.substr(0, sql.find(' '));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const ConnectionOptions& options) {
  ASSIGN_OR_RETURN(const std::string conninfo, BuildConninfo(options));
  ASSIGN_OR_RETURN(auto connection, OpenPqxx(conninfo));
  return std::unique_ptr<Connection>(new Connection(std::move(connection), options));
}

Connection::Connection(std::unique_ptr<PqxxConnection> connection, const ConnectionOptions& options)
    : connection_(std::move(connection)),
      // The server ends a statement first; the watchdog is for a server that no longer answers.
      limit_(options.statement_timeout + absl::Seconds(3)),
      on_statement_(options.on_statement) {}

Connection::~Connection() = default;

absl::Status Connection::Guarded(const std::function<void()>& call) {
  const Watchdog::Guard guard(connection_->pqxx.sock(), limit_);
  absl::Status status = CatchPqxx(call);
  if (MustDrop(status)) broken_ = true;
  return status;
}

absl::StatusOr<Result> Connection::Run(std::string_view sql, const Params& params) {
#if SYNCLINE_MUTANTS
  const std::string_view before = MutantStatementBefore(NameOf(sql));
  if (!before.empty()) RETURN_IF_ERROR(RunOne(before, params).status());
  auto result = RunOne(sql, params);
  const std::string_view after = MutantStatementAfter(NameOf(sql));
  if (result.ok() && !after.empty()) RETURN_IF_ERROR(RunOne(after, params).status());
  return result;
#else
  return RunOne(sql, params);
#endif
}

absl::StatusOr<Result> Connection::RunOne(std::string_view sql, const Params& params) {
  if (broken_) return absl::UnavailableError("the database session is no longer usable");
  pqxx::result result;
  const auto start = std::chrono::steady_clock::now();
  absl::Status status = Guarded([&] {
    auto [entry, is_new] = prepared_.try_emplace(sql.data());
    if (is_new) {
      entry->second = fmt::format("s{}", prepared_.size());
      connection_->pqxx.prepare(entry->second, std::string(sql));
    }
    pqxx::nontransaction work(connection_->pqxx);
    result = ExecPrepared(work, entry->second, params);
  });
  if (on_statement_ != nullptr)
    on_statement_(NameOf(sql), absl::FromChrono(std::chrono::steady_clock::now() - start));
  if (!status.ok()) return status;
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
