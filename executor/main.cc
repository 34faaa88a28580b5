// sync-executor: takes runs from a scheduler and carries them out.
#include <string>

#include "common/base/clock.h"
#include "common/base/failpoint.h"
#include "common/base/log.h"
#include "common/base/shutdown.h"
#include "common/config/flags.h"
#include "common/http/health_check.h"
#include "common/http/ops_server.h"
#include "common/postgres/conninfo.h"
#include "common/tls/settings.h"
#include "executor/app/options.h"
#include "executor/app/startup.h"

int main(int argc, char** argv) {
  using namespace syncline;
  constexpr char kProgram[] = "sync-executor";
  ShutdownSignals signals;
  executor::Options options;
  if (const auto status = executor::ParseOptions(argc, argv, &options)) return *status;
  if (options.health_check)
    return CheckHealth(options.http_listen, !options.tls.certificate.empty());
  if (const absl::Status armed = ArmFailpoint(); !armed.ok())
    return FailStart(kProgram, std::string(armed.message()));
  ConfigureLog(kProgram, options.log_format, options.log_level);

  const SteadyClock clock;
  const auto identity = tls::OpenServerIdentity(options.tls, &clock);
  if (!identity.ok()) return FailStart(kProgram, std::string(identity.status().message()));
  Metrics metrics("syncline_executor");
  auto engine = executor::MakeEngine(options, &metrics);
  if (!engine.ok()) return FailStart(kProgram, std::string(engine.status().message()));
  auto ops = OpsServer::Start(
      options.http_listen, &metrics, [&] { return (*engine)->Problem(); }, *identity);
  if (!ops.ok()) return FailStart(kProgram, std::string(ops.status().message()));
  (*engine)->Start();
  LogInfo("started", {{"process", (*engine)->process_id()},
                      {"executor", options.name},
                      {"slots", options.slots},
                      {"database", postgres::DescribeDatabase(options.database_url)},
                      {"scheduler", options.scheduler_address},
                      {"http_port", (*ops)->port()}});

  const int signal = signals.WaitForFirst();
  LogInfo("draining", {{"signal", signal}});
  const bool clean = (*engine)->Drain(options.drain_grace);
  (*engine)->Stop();
  LogInfo("stopped", {{"reason", clean ? "every run ended or was returned"
                                       : "the scheduler did not answer in time"}});
  return 0;
}
