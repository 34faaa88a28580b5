// sync-executor: takes runs from a scheduler and carries them out.
#include <memory>
#include <string>
#include <utility>

#include "common/base/ids.h"
#include "common/base/log.h"
#include "common/base/shutdown.h"
#include "common/config/flags.h"
#include "common/http/ops_server.h"
#include "common/postgres/conninfo.h"
#include "executor/app/options.h"
#include "executor/app/run_engine.h"

int main(int argc, char** argv) {
  using namespace syncline;
  constexpr char kProgram[] = "sync-executor";
  ShutdownSignals signals;
  executor::Options options;
  if (const auto status = executor::ParseOptions(argc, argv, &options)) return *status;
  ConfigureLog(kProgram, options.log_format, options.log_level);
  const auto fail = [&](const absl::Status& status) {
    return FailStart(kProgram, std::string(status.message()));
  };

  auto cipher = crypto::CredentialCipher::Create(options.encryption_keys);
  if (!cipher.ok()) return fail(cipher.status());
  auto policy = executor::OutboundPolicy::Create(options.allow_private_networks);
  if (!policy.ok()) return fail(policy.status());
  auto channels = executor::SchedulerChannels::Create(options.scheduler_address);
  if (!channels.ok()) return fail(channels.status());

  executor::EngineOptions engine_options;
  engine_options.database.url = options.database_url;
  engine_options.database.role = options.database_role;
  engine_options.database.application_name = kProgram;
  engine_options.database.statement_timeout =
      absl::Seconds(30);  // the delete marks of a large stream take some
  if (const auto conninfo = postgres::BuildConninfo(engine_options.database); !conninfo.ok()) {
    return fail(conninfo.status());
  }
  engine_options.identity = {.process_id = NewRandomUuid(),
                             .name = options.name,
                             .version = SYNCLINE_VERSION,
                             .slots = options.slots,
                             .connector_types = {"REST"}};
  engine_options.outbound = std::move(policy).value();

  Metrics metrics("syncline_executor");
  auto engine = executor::RunEngine::Create(engine_options, std::move(channels).value(),
                                            std::move(cipher).value(), &metrics);
  if (!engine.ok()) return fail(engine.status());
  auto ops = OpsServer::Start(options.http_listen, &metrics, [&] { return (*engine)->Problem(); });
  if (!ops.ok()) return fail(ops.status());
  (*engine)->Start();
  LogInfo("started", {{"process", engine_options.identity.process_id},
                      {"executor", options.name},
                      {"slots", options.slots},
                      {"database", postgres::DescribeDatabase(options.database_url)},
                      {"http_port", (*ops)->port()}});

  const int signal = signals.WaitForFirst();
  LogInfo("draining", {{"signal", signal}});
  const bool clean = (*engine)->Drain(options.drain_grace);
  (*engine)->Stop();
  LogInfo("stopped", {{"reason", clean ? "every run ended or was returned"
                                       : "the scheduler did not answer in time"}});
  return 0;
}
