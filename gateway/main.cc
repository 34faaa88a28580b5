// sync-gateway: the REST API, server-sent events and the console, in front of the schedulers.
#include <string>

#include "common/base/failpoint.h"
#include "common/base/log.h"
#include "common/base/shutdown.h"
#include "common/config/flags.h"
#include "common/http/health_check.h"
#include "common/rpc/grpc_lines.h"
#include "gateway/app/gateway.h"
#include "gateway/app/options.h"

int main(int argc, char** argv) {
  using namespace syncline;
  constexpr char kProgram[] = "sync-gateway";
  ShutdownSignals signals;
  gateway::Options options;
  if (const auto status = gateway::ParseOptions(argc, argv, &options)) return *status;
  if (options.health_check)
    return CheckHealth(options.http_listen, !options.tls.certificate.empty());
  if (const absl::Status armed = ArmFailpoint(); !armed.ok())
    return FailStart(kProgram, std::string(armed.message()));
  rpc::LogGrpcLines();

  auto started = gateway::Gateway::Start(options);
  if (!started.ok()) return FailStart(kProgram, std::string(started.status().message()));
  gateway::Gateway& gateway = **started;
  LogInfo("started", {{"port", gateway.port()},
                      {"listen", options.http_listen},
                      {"scheduler", options.scheduler_address},
                      {"tokens", options.api_tokens.empty() ? "not asked for" : "asked for"},
                      {"console", options.console_dir.empty() ? "none" : options.console_dir}});

  const int signal = signals.WaitForFirst();
  LogInfo("draining", {{"signal", signal}});
  gateway.Drain();
  LogInfo("stopped");
  return 0;
}
