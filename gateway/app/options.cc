#include "gateway/app/options.h"

#include "common/config/flags.h"

namespace syncline::gateway {
namespace {

constexpr char kProgram[] = "sync-gateway";

// What a single flag cannot know; empty when all is well.
std::string Problem(const Options& options) {
  if (options.api_tokens.empty() && !IsLoopback(options.http_listen)) {
    return "SYNC_HTTP_LISTEN=" + options.http_listen +
           " is not a loopback address, so SYNC_API_TOKENS must name a file of tokens (make one "
           "with 'sync-scheduler token NAME'); or use 127.0.0.1:PORT";
  }
  if (options.streams >= options.connections)
    return "SYNC_HTTP_STREAMS must be below SYNC_HTTP_CONNECTIONS, so that requests find room";
  return "";
}

}  // namespace

std::optional<int> ParseOptions(int argc, const char* const* argv, Options* options) {
  Flags flags(kProgram, "Serves the REST API, server-sent events and the console over HTTP.");
  flags.AddAddress("SYNC_HTTP_LISTEN", &options->http_listen,
                   "REST, console, health and metrics, host:port");
  flags.AddText("SYNC_SCHEDULER_ADDRESS", &options->scheduler_address,
                "gRPC target of the scheduler; several with commas between them");
  flags.AddText("SYNC_API_TOKENS", &options->api_tokens,
                "file of the tokens that callers must show, a line each; needed unless "
                "SYNC_HTTP_LISTEN is a loopback address");
  flags.AddText("SYNC_API_TOKEN_FILE", &options->api_token_file,
                "file of the token that the gateway shows to the schedulers");
  tls::AddClientFlag(&flags, &options->scheduler_ca);
  tls::AddServerFlags(&flags, &options->tls);
  flags.AddText("SYNC_CONSOLE_DIR", &options->console_dir,
                "folder of the console's built files; empty for the API only");
  flags.AddInt("SYNC_HTTP_CONNECTIONS", &options->connections, 2, 10'000, "connections at once");
  flags.AddInt("SYNC_HTTP_STREAMS", &options->streams, 1, 10'000,
               "clients of /api/events at once, of those connections");
  flags.AddDuration("SYNC_DRAIN_GRACE", &options->drain_grace, absl::ZeroDuration(), absl::Hours(1),
                    "how long requests may go on after SIGTERM before they are cut");
  flags.AddLogging();
  flags.AddHealthCheck(&options->health_check);
  if (const auto exit = flags.Parse(argc, argv)) return exit;
  if (options->health_check) return std::nullopt;
  if (const std::string problem = Problem(*options); !problem.empty())
    return FailStart(kProgram, problem);
  return std::nullopt;
}

}  // namespace syncline::gateway
