// Brings a database to this build's schema. Safe when several processes start together and beside
// older binaries: one applies, the others wait; a database that is newer than this build is left
// alone.
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/postgres/connection.h"

namespace syncline::postgres {

struct Migration {
  int version = 0;          // from 1, without gaps
  std::string_view name;    // for people
  std::string_view script;  // several statements; never changes once released
};

struct MigrationResult {
  int applied = 0;  // by this call
  int version = 0;  // of the database afterwards
};

// Applies what is missing, each migration in a transaction of its own under an advisory lock, so a
// killed migrator leaves a whole number of them. Where nothing is missing it only reads, so that a
// role without the right to change tables may ask. FAILED_PRECONDITION: a released migration was
// changed since it was applied, or one is missing and this role may not apply it.
absl::StatusOr<MigrationResult> Migrate(Connection& connection,
                                        const std::vector<Migration>& migrations);

// What the database has; 0 before the first migration.
absl::StatusOr<int> SchemaVersion(Connection& connection);

}  // namespace syncline::postgres
