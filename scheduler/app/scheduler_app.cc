#include "scheduler/app/scheduler_app.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <random>
#include <string>

#include "common/base/ids.h"
#include "common/base/log.h"
#include "common/base/status_macros.h"
#include "common/config/flags.h"
#include "common/crypto/credential_cipher.h"
#include "common/http/ops_server.h"
#include "common/http/statement_metrics.h"
#include "common/postgres/listener.h"
#include "common/postgres/migrator.h"
#include "common/rpc/server.h"
#include "migrations/migrations.h"
#include "scheduler/app/dispatcher.h"
#include "scheduler/app/finisher.h"
#include "scheduler/app/queue_metrics.h"
#include "scheduler/app/reaper.h"
#include "scheduler/app/report_processor.h"
#include "scheduler/app/tokens.h"
#include "scheduler/rpc/check_desk.h"
#include "scheduler/rpc/diagnostics_service.h"
#include "scheduler/rpc/executor_service.h"
#include "scheduler/rpc/integration_service.h"
#include "scheduler/rpc/sync_service.h"
#include "scheduler/storage/change_scanner.h"
#include "scheduler/storage/executor_store.h"
#include "scheduler/storage/fleet_store.h"
#include "scheduler/storage/integration_store.h"
#include "scheduler/storage/run_store.h"
#include "scheduler/storage/sync_journal_store.h"

namespace syncline::scheduler {
namespace {

constexpr char kProgram[] = "sync-scheduler";
constexpr char kHintChannel[] = "syncline_hints";
constexpr char kDroppedReason[] = "it was cancelled, or its integration was changed or deleted";
constexpr int kConnections = 14;
constexpr int kApiThreads = 6;
constexpr int kMostWaitingCalls = 5000;
constexpr std::int64_t kPurgeBatch = 5000;
constexpr absl::Duration kWatchPeriod = absl::Milliseconds(400);
constexpr absl::Duration kDrainGrace = absl::Seconds(5);

postgres::ConnectionOptions Connection(const SchedulerOptions& options,
                                       std::shared_ptr<StatementMetrics> statements = nullptr) {
  postgres::ConnectionOptions connection;
  connection.url = options.database_url;
  connection.role = options.database_role;
  connection.application_name = kProgram;
  connection.plan_for_indexes = true;
  if (statements != nullptr) {
    connection.on_statement = [statements = std::move(statements)](std::string_view name,
                                                                   absl::Duration took) {
      statements->Observe(name, took);
    };
  }
  return connection;
}

absl::Status MigrateOnce(const SchedulerOptions& options) {
  postgres::ConnectionOptions connection = Connection(options);
  // Another migrator's lock may be held for as long as its longest migration.
  connection.statement_timeout = absl::Minutes(30);
  connection.lock_timeout = absl::Minutes(30);
  ASSIGN_OR_RETURN(const auto session, postgres::Connection::Open(connection));
  return postgres::Migrate(*session, AllMigrations()).status();
}

// Migrates, waiting for a database that is away. False when stopped before.
absl::StatusOr<bool> MigrateWhenPossible(const SchedulerOptions& options,
                                         const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  bool told = false;
  while (!stop.stop_requested()) {
    const absl::Status status = MigrateOnce(options);
    if (status.ok()) return true;
    if (status.code() != absl::StatusCode::kUnavailable &&
        status.code() != absl::StatusCode::kAborted)
      return status;
    if (!told) {
      LogWarning(
          "waiting for the database",
          {{"database", postgres::DescribeDatabase(options.database_url)}, {"error", status}});
      told = true;
    }
    std::unique_lock lock(mutex);
    stopped.wait_for(lock, stop, std::chrono::seconds(1), [] { return false; });
  }
  return false;
}

// Uniform in [0, 1), for any thread.
double Random() {
  thread_local std::mt19937_64 engine{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, 1)(engine);
}

// Everything that runs, in the order of construction; destroyed in reverse.
class Scheduler {
 public:
  Scheduler(const SchedulerOptions& options, crypto::CredentialCipher cipher, Metrics* metrics);

  absl::Status Start(const SchedulerOptions& options,
                     std::shared_ptr<tls::ServerIdentity> identity);
  void Drain();
  // Empty when it can do its work, else why not.
  std::string NotReady() const { return pool_.available() ? "" : "the database is away"; }

 private:
  absl::Status Observe();
  absl::StatusOr<bool> KeepHouse();
  // Executors with a stream here hear of it at once, those of the other schedulers by a note.
  void TellExecutors(const std::vector<DroppedClaim>& dropped);
  void HearOfDropped(const std::string& note);

  const std::string id_ = NewRandomUuid();
  const absl::Duration lease_;
  const absl::Duration history_retention_;
  const SteadyClock clock_;
  const crypto::CredentialCipher cipher_;
  QueueMetrics queue_metrics_;
  postgres::Pool pool_;
  RunStore runs_;
  ExecutorStore executors_;
  IntegrationStore directory_;
  SyncJournalStore journal_;
  FleetStore fleet_;
  ChangeScanner changes_;
  WatchHub watches_;
  WorkerPool workers_;
  Finisher finisher_;
  ExecutorRegistry registry_;
  CheckDesk checks_;
  Dispatcher dispatcher_;
  ReportProcessor reports_;
  Reaper reaper_;
  postgres::Listener listener_;
  ExecutorService executor_service_;
  IntegrationService integration_service_;
  SyncService sync_service_;
  DiagnosticsService diagnostics_service_;
  std::unique_ptr<rpc::Server> server_;
};

Scheduler::Scheduler(const SchedulerOptions& options, crypto::CredentialCipher cipher,
                     Metrics* metrics)
    : lease_(options.lease),
      history_retention_(options.history_retention),
      cipher_(std::move(cipher)),
      queue_metrics_(metrics),
      pool_(Connection(options, std::make_shared<StatementMetrics>(metrics)), kConnections),
      runs_(&pool_),
      executors_(&pool_),
      directory_(&pool_, [this](const auto& dropped) { TellExecutors(dropped); }),
      journal_(
          &pool_, [this](const auto& dropped) { TellExecutors(dropped); }, &dispatcher_),
      fleet_(&pool_),
      changes_(&pool_),
      watches_(&changes_, kWatchPeriod),
      workers_(kApiThreads, kMostWaitingCalls),
      finisher_(&runs_, options.retry, Random, metrics),
      registry_([this] { dispatcher_.Wake(); }),
      checks_(&registry_),
      dispatcher_({.poll_interval = options.poll_interval,
                   .lease = options.lease,
                   .hints_proved = [this] { return listener_.proved(); },
                   .hint_others = [this] { listener_.Hint(); }},
                  &runs_, &registry_, metrics),
      reports_({&runs_, &executors_, &finisher_, &registry_, metrics}, options.lease,
               [this] { dispatcher_.Wake(); }),
      reaper_({&runs_, &finisher_, &pool_, &clock_, metrics}, options.lease, Random,
              {.on_reaped = [this] { dispatcher_.WakeForWork(); },
               .on_suspects = [this] { dispatcher_.WakeForSuspects(); },
               .observe = [this] { return Observe(); },
               .keep_house = [this] { return KeepHouse(); }}),
      listener_(
          Connection(options), kHintChannel, [this] { dispatcher_.Wake(); },
          [this](const std::string& note) { HearOfDropped(note); }),
      executor_service_(
          {.scheduler_id = id_,
           .lease = options.lease,
           .connection_age = options.connection_age,
           .on_hello =
               [this, lease = options.lease](const internal::v1::StreamAssignmentsRequest& hello) {
                 return executors_.SayHello(
                     {hello.process_id(),
                      hello.name(),
                      hello.version(),
                      hello.slots(),
                      hello.held_size(),
                      {hello.connector_types().begin(), hello.connector_types().end()}},
                     lease);
               },
           .checks = &checks_},
          &workers_, &registry_, &reports_),
      integration_service_({.workers = &workers_,
                            .directory = &directory_,
                            .cipher = &cipher_,
                            .checks = &checks_,
                            .encryption_keys = options.encryption_keys,
                            .wake = [this] { dispatcher_.WakeForWork(); }}),
      sync_service_({.workers = &workers_,
                     .journal = &journal_,
                     .directory = &directory_,
                     .hub = &watches_,
                     .encryption_keys = options.encryption_keys,
                     .wake = [this] { dispatcher_.WakeForWork(); }}),
      diagnostics_service_(&workers_, &fleet_, &directory_, options.lease) {
  metrics->OnScrape(
      [this,
       &connected = metrics->Gauge("syncline_scheduler_connected_executors",
                                   "Executors with a stream to this scheduler."),
       &watches = metrics->Gauge("syncline_scheduler_watches", "Open WatchSyncs streams.")] {
        connected.Set(registry_.connected());
        watches.Set(static_cast<double>(watches_.open()));
      });
}

absl::Status Scheduler::Start(const SchedulerOptions& options,
                              std::shared_ptr<tls::ServerIdentity> identity) {
  ASSIGN_OR_RETURN(auto guard, MakeGuard(options, &clock_));
  ASSIGN_OR_RETURN(server_, rpc::Server::Start({.address = options.listen,
                                                .connection_age = options.connection_age,
                                                .guard = std::move(guard),
                                                .identity = std::move(identity)},
                                               {&executor_service_, &integration_service_,
                                                &sync_service_, &diagnostics_service_}));
  dispatcher_.Start();
  reaper_.Start();
  LogInfo("scheduler started",
          {{"scheduler", id_}, {"port", server_->port()}, {"version", SYNCLINE_VERSION}});
  return absl::OkStatus();
}

absl::Status Scheduler::Observe() {
  ASSIGN_OR_RETURN(const QueueFigures figures, fleet_.Queue(lease_));
  queue_metrics_.Set(figures);
  return absl::OkStatus();
}

absl::StatusOr<bool> Scheduler::KeepHouse() {
  ASSIGN_OR_RETURN(const bool done, executors_.KeepHouse(history_retention_));
  bool more = true;
  while (more) {
    ASSIGN_OR_RETURN(more, directory_.PurgeDeleted(kPurgeBatch));
  }
  return done;
}

void Scheduler::TellExecutors(const std::vector<DroppedClaim>& dropped) {
  for (const DroppedClaim& claim : dropped) {
    if (!registry_.Stop(claim.log_id, claim.fence, kDroppedReason))
      listener_.Tell(claim.log_id + " " + claim.fence);
  }
  dispatcher_.Wake();  // a follow-up may have begun
}

void Scheduler::HearOfDropped(const std::string& note) {
  const std::size_t space = note.find(' ');
  if (space == std::string::npos) return;  // of a version that says something else
  registry_.Stop(note.substr(0, space), note.substr(space + 1), kDroppedReason);
}

void Scheduler::Drain() {
  server_->SetServing(false);
  dispatcher_.Stop();
  reaper_.Stop();
  watches_.Stop();
  registry_.CloseAll("this scheduler is going away; connect to another one");
  checks_.Close();
  server_->Shutdown(kDrainGrace);
  reports_.Stop();
  workers_.Stop();
}

}  // namespace

int Migrate(const SchedulerOptions& options) {
  if (const absl::Status status = MigrateOnce(options); !status.ok()) {
    return FailStart(kProgram, "cannot migrate: " + std::string(status.message()));
  }
  LogInfo("the schema is up to date", {{"version", AllMigrations().back().version}});
  return 0;
}

int RunScheduler(const SchedulerOptions& options, const std::stop_token& stop) {
  Metrics metrics("syncline_scheduler");
  const SteadyClock clock;
  const auto identity = tls::OpenServerIdentity(options.tls, &clock);
  if (!identity.ok()) return FailStart(kProgram, std::string(identity.status().message()));
  std::mutex mutex;
  std::string not_ready = "waiting for the database";
  Scheduler* running = nullptr;
  auto ops = OpsServer::Start(
      options.http_listen, &metrics,
      [&]() -> std::string {
        std::lock_guard lock(mutex);
        return running == nullptr ? not_ready : running->NotReady();
      },
      *identity);
  if (!ops.ok()) return FailStart(kProgram, std::string(ops.status().message()));
  const auto migrated = MigrateWhenPossible(options, stop);
  if (!migrated.ok())
    return FailStart(kProgram, "cannot migrate: " + std::string(migrated.status().message()));
  if (!*migrated) return 0;
  auto cipher = crypto::CredentialCipher::Create(options.encryption_keys);
  if (!cipher.ok()) return FailStart(kProgram, std::string(cipher.status().message()));

  Scheduler scheduler(options, *std::move(cipher), &metrics);
  if (const absl::Status status = scheduler.Start(options, *identity); !status.ok())
    return FailStart(kProgram, std::string(status.message()));
  {
    std::lock_guard lock(mutex);
    running = &scheduler;
  }
  {
    std::mutex waiting;
    std::condition_variable_any stopped;
    std::unique_lock lock(waiting);
    stopped.wait(lock, stop, [] { return false; });
  }
  {
    std::lock_guard lock(mutex);
    running = nullptr;
    not_ready = "draining";
  }
  scheduler.Drain();
  // The answers of the operations port end before what they read does.
  ops->reset();
  LogInfo("scheduler stopped");
  return 0;
}

}  // namespace syncline::scheduler
