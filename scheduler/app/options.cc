#include "scheduler/app/options.h"

#include "common/base/clock.h"
#include "common/config/flags.h"
#include "common/crypto/credential_cipher.h"
#include "common/postgres/conninfo.h"
#include "scheduler/app/tokens.h"

namespace syncline::scheduler {
namespace {

constexpr char kProgram[] = "sync-scheduler";

// What a single flag cannot know; empty when all is well.
std::string Problem(const SchedulerOptions& options) {
  postgres::ConnectionOptions connection;
  connection.url = options.database_url;
  connection.role = options.database_role;
  if (const auto built = postgres::BuildConninfo(connection); !built.ok())
    return std::string(built.status().message());
  if (options.migrate_only) return "";
  if (!IsLoopback(options.listen) &&
      (options.api_tokens.empty() || options.executor_tokens.empty())) {
    return "SYNC_LISTEN=" + options.listen +
           " is not a loopback address: set SYNC_API_TOKENS and SYNC_EXECUTOR_TOKENS, files of "
           "lines that `sync-scheduler token NAME` prints, or use 127.0.0.1:PORT";
  }
  const SteadyClock clock;
  if (const auto guard = MakeGuard(options, &clock); !guard.ok())
    return std::string(guard.status().message());
  if (const auto identity = tls::OpenServerIdentity(options.tls, &clock); !identity.ok())
    return std::string(identity.status().message());
  if (options.encryption_keys.empty())
    return "SYNC_ENCRYPTION_KEYS is empty, expected id:base64,...";
  if (options.retry.cap < options.retry.base)
    return "SYNC_RETRY_CAP must not be shorter than SYNC_RETRY_BASE";
  return "";
}

}  // namespace

std::optional<int> ParseOptions(int argc, const char* const* argv, SchedulerOptions* options) {
  Flags flags(kProgram,
              "Decides when integrations are due, hands runs to executors and keeps the history.");
  flags.AddSecret("DATABASE_URL", &options->database_url,
                  "PostgreSQL, postgresql://user:password@host:port/database", true);
  flags.AddText("SYNC_DATABASE_ROLE", &options->database_role,
                "The database role to act as; default: the login role");
  flags.AddAddress("SYNC_LISTEN", &options->listen, "Where gRPC listens, host:port");
  flags.AddAddress("SYNC_HTTP_LISTEN", &options->http_listen,
                   "Where health and metrics listen, host:port");
  flags.AddSecret("SYNC_ENCRYPTION_KEYS", &options->encryption_keys,
                  "Keys of the stored credentials, id:base64 of 32 bytes, comma-separated; the "
                  "first one encrypts",
                  /*required=*/false, [](const std::string& keys) {
                    return crypto::CredentialCipher::Create(keys).status();
                  });
  flags.AddText("SYNC_API_TOKENS", &options->api_tokens,
                "File of the hashed tokens that may call the public API, read again on change; "
                "required unless SYNC_LISTEN is loopback, where it is open without");
  flags.AddText("SYNC_EXECUTOR_TOKENS", &options->executor_tokens,
                "As SYNC_API_TOKENS, for executors");
  tls::AddServerFlags(&flags, &options->tls);
  flags.AddDuration("SYNC_POLL_INTERVAL", &options->poll_interval, absl::Milliseconds(100),
                    absl::Hours(1), "How long the loop sleeps at most");
  flags.AddDuration("SYNC_LEASE", &options->lease, absl::Seconds(1), absl::Minutes(10),
                    "How long an executor holds a run without a sign of life");
  flags.AddDuration(
      "SYNC_CONNECTION_AGE", &options->connection_age, absl::Seconds(1), absl::Hours(24),
      "After which time a connection is closed, so that its client finds new schedulers; "
      "give or take a tenth");
  flags.AddDuration("SYNC_RETRY_BASE", &options->retry.base, absl::Milliseconds(1), absl::Hours(24),
                    "The first retry's backoff");
  flags.AddDuration("SYNC_RETRY_CAP", &options->retry.cap, absl::Milliseconds(1),
                    absl::Hours(24 * 7), "The longest backoff");
  flags.AddDuration("SYNC_HISTORY_RETENTION", &options->history_retention, absl::Minutes(1),
                    absl::Hours(24 * 3660),
                    "How long SyncLogs are kept at least; they go by twelfths of this, at most by "
                    "weeks");
  flags.AddLogging();
  flags.AddHealthCheck(&options->health_check);
  flags.AddCommand("migrate", &options->migrate_only,
                   "Brings the database to this version's schema and ends");
  flags.AddTool("token", "NAME", &options->new_token,
                "Makes a bearer token: prints it, this once, and its line for a token file");
  flags.AddTool(
      "check-secrets", "FOLDER", &options->operator_files,
      "Checks the secrets that an operator gives to the containers, before they get them: "
      "names every bad file, and ends with status 2 then");
  if (const auto exit = flags.Parse(argc, argv)) return exit;
  if (!options->new_token.empty() || !options->operator_files.empty() || options->health_check)
    return std::nullopt;
  if (const std::string problem = Problem(*options); !problem.empty())
    return FailStart(kProgram, problem);
  return std::nullopt;
}

}  // namespace syncline::scheduler
