#include "executor/app/startup.h"

#include <string>
#include <utility>

#include "common/auth/bearer_token.h"
#include "common/base/clock.h"
#include "common/base/errors.h"
#include "common/base/failpoint.h"
#include "common/base/log.h"
#include "common/base/shutdown.h"
#include "common/base/status_macros.h"
#include "common/config/flags.h"
#include "common/crypto/process_identity.h"
#include "common/http/health_check.h"
#include "common/http/ops_server.h"
#include "common/http/statement_metrics.h"
#include "common/postgres/conninfo.h"
#include "common/rpc/channel.h"
#include "common/rpc/grpc_lines.h"
#include "common/tls/settings.h"
#include "common/tls/trusted_roots.h"

namespace syncline::executor {
namespace {

// The delete marks of a large stream take longer than other statements.
constexpr absl::Duration kStatementTimeout = absl::Seconds(30);

// Null without a path.
absl::StatusOr<std::shared_ptr<auth::BearerToken>> OpenToken(const std::string& path) {
  static const SteadyClock clock;
  if (path.empty()) return nullptr;
  auto token = auth::BearerToken::Open(path, &clock);
  if (token.ok()) return std::shared_ptr<auth::BearerToken>(*std::move(token));
  return MakeStatus(token.status().code(),
                    "SYNC_EXECUTOR_TOKEN_FILE: " + std::string(token.status().message()));
}

}  // namespace

absl::StatusOr<std::unique_ptr<RunEngine>> MakeEngine(const Options& options, Metrics* metrics,
                                                      Preparation prepare) {
  ASSIGN_OR_RETURN(auto cipher, crypto::CredentialCipher::Create(options.encryption_keys));
  ASSIGN_OR_RETURN(const auto token, OpenToken(options.token_file));
  rpc::ChannelOptions channel{.token = token};
  if (!options.scheduler_ca.empty()) {
    ASSIGN_OR_RETURN(channel.trusted_roots, tls::ReadTrustedRoots(options.scheduler_ca));
  }
  ASSIGN_OR_RETURN(auto channels, SchedulerChannels::Create(options.scheduler_address, channel));
  auto outbound = OutboundPolicy::Create(options.allow_private_networks);
  if (!outbound.ok()) {
    return MakeStatus(outbound.status().code(),
                      "SYNC_ALLOW_PRIVATE_NETWORKS: " + std::string(outbound.status().message()));
  }
  EngineOptions engine;
  engine.prepare = std::move(prepare);
  engine.outbound = std::move(outbound).value();
  engine.database.url = options.database_url;
  engine.database.role = options.database_role;
  engine.database.application_name = "sync-executor";
  engine.database.statement_timeout = kStatementTimeout;
  engine.database.plan_for_indexes = true;
  engine.database.on_statement = [statements = std::make_shared<StatementMetrics>(metrics)](
                                     std::string_view name, absl::Duration took) {
    statements->Observe(name, took);
  };
  RETURN_IF_ERROR(postgres::BuildConninfo(engine.database).status());
  ASSIGN_OR_RETURN(auto process, crypto::NewProcessIdentity());
  engine.identity = {.process = std::move(process),
                     .name = options.name,
                     .version = SYNCLINE_VERSION,
                     .slots = options.slots,
                     .connector_types = {"REST"}};
  return RunEngine::Create(std::move(engine), std::move(channels), std::move(cipher), metrics);
}

int RunExecutor(int argc, char** argv, Preparation prepare) {
  constexpr char kProgram[] = "sync-executor";
  ShutdownSignals signals;
  Options options;
  if (const auto status = ParseOptions(argc, argv, &options)) return *status;
  if (options.health_check)
    return CheckHealth(options.http_listen, !options.tls.certificate.empty());
  if (const absl::Status armed = ArmFailpoint(); !armed.ok())
    return FailStart(kProgram, std::string(armed.message()));
  rpc::LogGrpcLines();

  const SteadyClock clock;
  const auto identity = tls::OpenServerIdentity(options.tls, &clock);
  if (!identity.ok()) return FailStart(kProgram, std::string(identity.status().message()));
  Metrics metrics("syncline_executor");
  auto engine = MakeEngine(options, &metrics, std::move(prepare));
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

}  // namespace syncline::executor
