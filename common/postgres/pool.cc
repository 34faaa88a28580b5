#include "common/postgres/pool.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "common/base/errors.h"
#include "common/base/log.h"
#include "common/base/status_macros.h"

namespace syncline::postgres {
namespace {

constexpr std::chrono::seconds kLongestWaitForASession{10};

}  // namespace

Pool::Pool(ConnectionOptions options, int max_connections)
    : options_(std::move(options)), max_connections_(max_connections) {}

absl::StatusOr<std::unique_ptr<Connection>> Pool::Acquire() {
  {
    std::unique_lock lock(mutex_);
    const bool got = freed_.wait_for(lock, kLongestWaitForASession,
                                     [this] { return !idle_.empty() || open_ < max_connections_; });
    if (!got) {
      return ReasonError(absl::StatusCode::kUnavailable, "DATABASE_UNAVAILABLE",
                         "every database session was busy for 10 s");
    }
    if (!idle_.empty()) {
      std::unique_ptr<Connection> connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
    ++open_;
  }
  auto connection = Connection::Open(options_);
  if (!connection.ok()) {
    Note(connection.status());
    Release(nullptr);
  }
  return connection;
}

void Pool::Release(std::unique_ptr<Connection> connection) {
  {
    std::lock_guard lock(mutex_);
    if (connection != nullptr && !connection->broken()) {
      idle_.push_back(std::move(connection));
    } else {
      --open_;
      // After one loss the idle sessions are suspect too: a restart ended them all.
      open_ -= static_cast<int>(idle_.size());
      idle_.clear();
    }
  }
  freed_.notify_all();
}

void Pool::Note(const absl::Status& status) {
  const bool reachable = status.code() != absl::StatusCode::kUnavailable;
  std::lock_guard lock(mutex_);
  if (reachable == available_) return;
  available_ = reachable;
  if (reachable) {
    ++recoveries_;
    LogInfo("database is back", {{"database", DescribeDatabase(options_.url)}});
  } else {
    LogWarning("database is away",
               {{"database", DescribeDatabase(options_.url)}, {"error", status}});
  }
}

absl::Status Pool::With(const std::function<absl::Status(Connection&)>& body) {
  ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection, Acquire());
  const auto start = std::chrono::steady_clock::now();
  absl::Status status = body(*connection);
  {
    std::lock_guard lock(mutex_);
    slowest_ = std::max(slowest_, absl::FromChrono(std::chrono::steady_clock::now() - start));
  }
  Note(status);
  Release(std::move(connection));
  return status;
}

absl::StatusOr<Result> Pool::Run(std::string_view sql, const Params& params) {
  absl::StatusOr<Result> result = absl::InternalError("not run");
  absl::Status status = With([&](Connection& connection) {
    result = connection.Run(sql, params);
    return result.status();
  });
  if (!status.ok()) return status;
  return result;
}

absl::Status Pool::InTransaction(const std::function<absl::Status(Connection&)>& body) {
  return With([&](Connection& connection) { return connection.InTransaction(body); });
}

bool Pool::available() const {
  std::lock_guard lock(mutex_);
  return available_;
}

absl::Duration Pool::TakeSlowest() {
  std::lock_guard lock(mutex_);
  return std::exchange(slowest_, absl::ZeroDuration());
}

std::int64_t Pool::recoveries() const {
  std::lock_guard lock(mutex_);
  return recoveries_;
}

}  // namespace syncline::postgres
