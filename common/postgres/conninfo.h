// Connection settings. Everything that a session must have is in the connection string, because
// libpqxx 6 may reconnect silently and a pooler may hand out another session: nothing is SET
// afterwards.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace syncline::postgres {

struct ConnectionOptions {
  // A libpq URI or key=value string. Holds the password: never log it.
  std::string url;
  // The role to act as (SYNC_DATABASE_ROLE); empty for the login role.
  std::string role;
  // Shown in pg_stat_activity.
  std::string application_name = "syncline";
  // Server-side limits of one statement and of one lock wait.
  absl::Duration statement_timeout = absl::Seconds(10);
  absl::Duration lock_timeout = absl::Seconds(5);
  // For sessions that run short statements over tables that are often empty. Their plans outlive
  // the moment that they were made for: one for an empty table reads all of it when it is no longer
  // empty. These sessions never prefer reading a whole table, and for what seems dear then they
  // neither compile nor call in parallel workers.
  bool plan_for_indexes = false;
  // Called after every statement with the name of its file ("claim_runs") and how long it took,
  // on the thread that ran it. Not part of the connection string.
  std::function<void(std::string_view name, absl::Duration took)> on_statement;
};

// The complete libpq connection string: TCP keepalives that notice a cut in about 11 s,
// connect_timeout 5 s, timeouts, UTC, read committed. INVALID_ARGUMENT when the URL does not parse
// (message without the URL).
absl::StatusOr<std::string> BuildConninfo(const ConnectionOptions& options);

// "host:port/dbname" of a connection URL, for logs.
std::string DescribeDatabase(const std::string& url);

}  // namespace syncline::postgres
