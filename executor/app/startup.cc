#include "executor/app/startup.h"

#include <string>
#include <utility>

#include "common/base/errors.h"
#include "common/base/ids.h"
#include "common/base/status_macros.h"
#include "common/http/statement_metrics.h"
#include "common/postgres/conninfo.h"

namespace syncline::executor {
namespace {

// The delete marks of a large stream take longer than other statements.
constexpr absl::Duration kStatementTimeout = absl::Seconds(30);

}  // namespace

absl::StatusOr<std::unique_ptr<RunEngine>> MakeEngine(const Options& options, Metrics* metrics) {
  ASSIGN_OR_RETURN(auto cipher, crypto::CredentialCipher::Create(options.encryption_keys));
  ASSIGN_OR_RETURN(auto channels, SchedulerChannels::Create(options.scheduler_address));
  auto outbound = OutboundPolicy::Create(options.allow_private_networks);
  if (!outbound.ok()) {
    return MakeStatus(outbound.status().code(),
                      "SYNC_ALLOW_PRIVATE_NETWORKS: " + std::string(outbound.status().message()));
  }
  EngineOptions engine;
  engine.outbound = std::move(outbound).value();
  engine.database.url = options.database_url;
  engine.database.role = options.database_role;
  engine.database.application_name = "sync-executor";
  engine.database.statement_timeout = kStatementTimeout;
  engine.database.on_statement = [statements = std::make_shared<StatementMetrics>(metrics)](
                                     std::string_view name, absl::Duration took) {
    statements->Observe(name, took);
  };
  RETURN_IF_ERROR(postgres::BuildConninfo(engine.database).status());
  engine.identity = {.process_id = NewRandomUuid(),
                     .name = options.name,
                     .version = SYNCLINE_VERSION,
                     .slots = options.slots,
                     .connector_types = {"REST"}};
  return RunEngine::Create(std::move(engine), std::move(channels), std::move(cipher), metrics);
}

}  // namespace syncline::executor
