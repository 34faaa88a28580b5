#include "executor/app/options.h"

#include <unistd.h>

#include <array>

#include "common/config/flags.h"
#include "common/crypto/credential_cipher.h"

namespace syncline::executor {
namespace {

std::string HostName() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "executor";
  return name.data();
}

}  // namespace

std::optional<int> ParseOptions(int argc, const char* const* argv, Options* options) {
  options->name = HostName();
  Flags flags(
      "sync-executor",
      "Runs syncs that a scheduler assigns: fetches pages from APIs and writes the records.");
  flags.AddSecret("DATABASE_URL", &options->database_url,
                  "PostgreSQL, as postgresql://user:password@host:5432/database",
                  /*required=*/true);
  flags.AddText("SYNC_DATABASE_ROLE", &options->database_role,
                "role to act as in the database; empty for the login role");
  flags.AddText("SYNC_SCHEDULER_ADDRESS", &options->scheduler_address,
                "gRPC target of the scheduler; several with commas between them");
  flags.AddText("SYNC_EXECUTOR_TOKEN_FILE", &options->token_file,
                "file that holds the token to show to schedulers, read again on change; empty for "
                "schedulers that ask for none");
  tls::AddClientFlag(&flags, &options->scheduler_ca);
  tls::AddServerFlags(&flags, &options->tls);
  flags.AddAddress("SYNC_HTTP_LISTEN", &options->http_listen, "health and metrics");
  flags.AddInt("SYNC_SLOTS", &options->slots, 1, 10'000, "runs at once");
  flags.AddSecret("SYNC_ENCRYPTION_KEYS", &options->encryption_keys,
                  "keys that open credentials, as id:base64,id:base64",
                  /*required=*/true, [](const std::string& keys) {
                    return crypto::CredentialCipher::Create(keys).status();
                  });
  flags.AddText(
      "SYNC_ALLOW_PRIVATE_NETWORKS", &options->allow_private_networks,
      "networks that syncs may reach beside the public internet, as 10.0.0.0/8,127.0.0.1/32");
  flags.AddDuration("SYNC_DRAIN_GRACE", &options->drain_grace, absl::ZeroDuration(), absl::Hours(1),
                    "how long running syncs may go on after SIGTERM before they are returned");
  flags.AddText("SYNC_EXECUTOR_NAME", &options->name, "name shown to people");
  flags.AddLogging();
  flags.AddHealthCheck(&options->health_check);
  return flags.Parse(argc, argv);
}

}  // namespace syncline::executor
