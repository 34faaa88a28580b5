// The one file that knows libpqxx's versions and its exceptions. Debian 12 has 6.4, Debian 13 and
// Ubuntu 24.04 have 7.
#pragma once

#include <functional>
#include <memory>
#include <pqxx/pqxx>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/postgres/row.h"

namespace syncline::postgres {

// A name of our own: libpqxx 6 makes `connection` an alias, which cannot be declared ahead.
struct PqxxConnection {
  explicit PqxxConnection(const std::string& conninfo) : pqxx(conninfo) {}
  ::pqxx::connection pqxx;
};

// Opens a connection that never reconnects by itself and whose errors name no values (verbosity
// terse).
absl::StatusOr<std::unique_ptr<PqxxConnection>> OpenPqxx(const std::string& conninfo);

// Runs a prepared statement outside a libpqxx transaction.
pqxx::result ExecPrepared(pqxx::nontransaction& work, const std::string& name,
                          const Params& params);

// Runs `call` and turns what libpqxx throws into a status:
//   UNAVAILABLE (reason DATABASE_UNAVAILABLE)  connection lost, server going down, read-only
//   target, no resources ABORTED                                    deadlock, serialization
//   failure, lock or statement timeout ALREADY_EXISTS                             unique violation
//   (23505) INTERNAL                                   any other error of the statement
// with the SQLSTATE as payload where PostgreSQL sent one. When a connection is lost the statement's
// fate is unknown.
absl::Status CatchPqxx(const std::function<void()>& call);

// Whether the connection must not be used again after this error.
bool MustDrop(const absl::Status& status);

}  // namespace syncline::postgres
