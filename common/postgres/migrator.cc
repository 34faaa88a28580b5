#include "common/postgres/migrator.h"

#include <fmt/format.h>

#include <map>
#include <string>

#include "common/base/errors.h"
#include "common/base/log.h"
#include "common/base/status_macros.h"
#include "postgres_queries.h"

namespace syncline::postgres {
namespace {

absl::Status CheckUnchanged(Connection& connection, const Migration& migration,
                            const std::string& checksum) {
  ASSIGN_OR_RETURN(const Result sum,
                   connection.Run(queries::kChecksum, Params().Add(migration.script)));
  if (sum[0].Text("checksum") == checksum) return absl::OkStatus();
  return absl::FailedPreconditionError(
      fmt::format("migration {:04}_{} was applied in another form; a released migration must "
                  "never change",
                  migration.version, migration.name));
}

// Whether nothing is missing, found out by a role that may only read; then `result` is set.
absl::StatusOr<bool> UpToDate(Connection& connection, const std::vector<Migration>& migrations,
                              MigrationResult& result) {
  ASSIGN_OR_RETURN(const Result present, connection.Run(queries::kSchemaPresent));
  if (!present[0].Bool("present")) return false;
  ASSIGN_OR_RETURN(const Result rows, connection.Run(queries::kListMigrations));
  std::map<int, std::string> applied;
  for (const Row row : rows) applied[static_cast<int>(row.Int("version"))] = row.String("checksum");
  for (const Migration& migration : migrations) {
    const auto known = applied.find(migration.version);
    if (known == applied.end()) return false;
    RETURN_IF_ERROR(CheckUnchanged(connection, migration, known->second));
  }
  result.version = applied.empty() ? 0 : applied.rbegin()->first;
  return true;
}

// Applies the first migration that is missing; sets `done` when there was none.
absl::Status ApplyNext(Connection& connection, const std::vector<Migration>& migrations,
                       MigrationResult& result, bool& done) {
  RETURN_IF_ERROR(connection.RunScript(std::string(queries::kLockAndPrepareSchema)));
  ASSIGN_OR_RETURN(const Result rows, connection.Run(queries::kListMigrations));
  std::map<int, std::string> applied;
  for (const Row row : rows) applied[static_cast<int>(row.Int("version"))] = row.String("checksum");
  result.version = applied.empty() ? 0 : applied.rbegin()->first;
  for (const Migration& migration : migrations) {
    const auto known = applied.find(migration.version);
    if (known != applied.end()) {
      RETURN_IF_ERROR(CheckUnchanged(connection, migration, known->second));
      continue;
    }
    RETURN_IF_ERROR(connection.RunScript(std::string(migration.script)));
    RETURN_IF_ERROR(
        connection
            .Run(queries::kNoteMigration,
                 Params().Add(migration.version).Add(migration.name).Add(migration.script))
            .status());
    LogInfo("applied migration", {{"version", migration.version}, {"name", migration.name}});
    ++result.applied;
    result.version = migration.version;
    return absl::OkStatus();
  }
  done = true;
  return absl::OkStatus();
}

// What to do where a program's own role, which changes no table, finds a migration missing.
absl::Status SayWhoMigrates(const absl::Status& status) {
  constexpr char kInsufficientPrivilege[] = "42501";
  if (SqlStateOf(status) != kInsufficientPrivilege) return status;
  return WithSqlState(
      MakeStatus(absl::StatusCode::kFailedPrecondition,
                 fmt::format("the schema is older than this program, and this database role may "
                             "not change it; run `sync-scheduler migrate` as the migrator ({})",
                             std::string(status.message()))),
      kInsufficientPrivilege);
}

}  // namespace

absl::StatusOr<MigrationResult> Migrate(Connection& connection,
                                        const std::vector<Migration>& migrations) {
  MigrationResult result;
  ASSIGN_OR_RETURN(bool done, UpToDate(connection, migrations, result));
  while (!done) {
    RETURN_IF_ERROR(SayWhoMigrates(connection.InTransaction(
        [&](Connection& session) { return ApplyNext(session, migrations, result, done); })));
  }
  return result;
}

absl::StatusOr<int> SchemaVersion(Connection& connection) {
  ASSIGN_OR_RETURN(const Result present, connection.Run(queries::kSchemaPresent));
  if (!present[0].Bool("present")) return 0;
  ASSIGN_OR_RETURN(const Result newest, connection.Run(queries::kNewestMigration));
  return static_cast<int>(newest[0].Int("version"));
}

}  // namespace syncline::postgres
