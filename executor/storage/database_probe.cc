#include "executor/storage/database_probe.h"

#include <utility>

#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "common/postgres/watchdog.h"
#include "executor_queries.h"

namespace syncline::executor {
namespace {

constexpr absl::Duration kLongestAnswer = absl::Seconds(3);

postgres::ConnectionOptions WithShortLimits(postgres::ConnectionOptions options) {
  options.statement_timeout = kLongestAnswer;
  options.lock_timeout = kLongestAnswer;
  return options;
}

}  // namespace

DatabaseProbe::DatabaseProbe(postgres::ConnectionOptions options)
    : options_(WithShortLimits(std::move(options))) {}

absl::Status DatabaseProbe::Check() {
  if (session_ == nullptr) {
    ASSIGN_OR_RETURN(session_, postgres::Connection::Open(options_));
  }
  absl::Status status = session_->Run(queries::kPing).status();
  if (!session_->broken()) return status;
  session_.reset();
  // With an SQLSTATE it was an answer.
  if (!SqlStateOf(status)) postgres::Watchdog::Instance().CutAll();
  return status;
}

}  // namespace syncline::executor
