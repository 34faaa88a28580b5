// A whole Syncline of one test: a fresh database, the sample API in this process, real schedulers
// and executors.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "syncline/v1/diagnostics_service.grpc.pb.h"
#include "syncline/v1/integration_service.grpc.pb.h"
#include "syncline/v1/sync_service.grpc.pb.h"
#include "tests/support/child_process.h"
#include "tests/support/sample_api/api_server.h"
#include "tests/support/test_cluster.h"

namespace syncline::testing {

using Environment = std::map<std::string, std::string>;

// An interval, in seconds, after which nothing is due again in a test.
inline constexpr std::int64_t kFarAway = 366LL * 86400;

struct StackOptions {
  int schedulers = 1;
  int executors = 1;  // of the first scheduler
  int slots = 64;
  std::string lease = "2s";
  TestCluster* cluster = nullptr;  // null: the process's own
  std::string database_url = "";   // one that is there already; empty: a new one of the cluster
  int database_port = 0;           // where the programs find the database; 0: where it is
  Environment environment = {};    // of every program, on top of the stack's own
  std::string executor_binary = SYNC_EXECUTOR_BINARY;
};

// A running program and where it listens.
struct Program {
  ChildProcess process;
  int port = 0;       // gRPC; 0 for executors
  int http_port = 0;  // health and metrics; of a gateway all else too
  std::string log_file;
  std::string binary;
  Environment environment;
};

class Stack {
 public:
  explicit Stack(StackOptions options = {});
  ~Stack();

  // `extra` is set for this program alone.
  Program& StartScheduler(const Environment& extra = {});
  // An executor of the schedulers at `addresses` ("host:port,host:port"); empty: of the first one.
  Program& StartExecutor(const Environment& extra = {}, const std::string& addresses = "");
  // A gateway before the schedulers at `addresses`; empty: before all that run now.
  Program& StartGateway(const Environment& extra = {}, const std::string& addresses = "");
  // Starts a program that was killed or has ended anew: the same ports, name and settings, but for
  // `extra`, which was set for the one before.
  void Restart(Program& program);
  // Waits until /readyz answers 200.
  void AwaitReady(const Program& program);
  // What /readyz answers now; 0 when nobody does.
  static int ReadyStatus(const Program& program);
  // The value of one series ("name" or "name{label=\"value\"}") on /metrics; 0 without it.
  static double Metric(const Program& program, const std::string& series);
  // The addresses of all schedulers, for StartExecutor.
  std::string SchedulerAddresses() const;

  // Creates an integration on the sample API: a stream "items" at `path` with `stream_json` merged
  // in.
  std::string Create(const std::string& name, const std::string& config_json,
                     std::int64_t interval_seconds = 3600);
  // Creates one of the samples of ./dev up; `name` as in "languages".
  std::string CreateSample(const std::string& name);
  v1::Integration Get(const std::string& integration_id);
  // What ExplainIntegration says.
  std::string Explain(const std::string& integration_id);
  v1::TriggerSyncResponse Trigger(const std::string& integration_id, bool after_current = false);
  // The calls below go through this channel from now on, instead of one to the first scheduler.
  void CallThrough(const std::shared_ptr<grpc::Channel>& channel);
  // The API of a scheduler that is not the first.
  static std::shared_ptr<grpc::Channel> ChannelTo(const Program& scheduler);

  // Waits for the end of the run that is or will be active; its last SyncLog.
  v1::SyncLog AwaitRun(const std::string& integration_id, const std::string& run_id);
  // Triggers and waits.
  v1::SyncLog SyncNow(const std::string& integration_id);
  // Waits until the integration has this many ended SyncLogs; the newest one.
  v1::SyncLog AwaitLogs(const std::string& integration_id, int count);

  // Changes the sample API: POST, PUT or DELETE /admin/… with a JSON body; the answer's body.
  std::string Admin(const std::string& method, const std::string& path,
                    const std::string& body = "");
  std::string sample_url() const { return "http://" + sample_->address(); }

  // The records of a stream by key, as canonical JSON, without deleted ones.
  std::map<std::string, std::string> Records(const std::string& integration_id,
                                             const std::string& stream);

  v1::IntegrationService::Stub& integrations() { return *integrations_; }
  v1::SyncService::Stub& syncs() { return *syncs_; }
  v1::DiagnosticsService::Stub& diagnostics() { return *diagnostics_; }
  // A session that is the test's own, whatever `database_port` is.
  postgres::Connection& db() { return *db_; }
  const std::string& directory() const { return directory_; }  // of the logs
  // Leaves the logs where they are when this ends.
  void KeepLogs() { keep_logs_ = true; }
  // After a restart of the database, which ended the session.
  void ReopenDatabase() { db_ = OpenOrDie(direct_url_); }
  const std::string& database_url() const { return database_url_; }
  std::vector<std::unique_ptr<Program>>& schedulers() { return schedulers_; }
  std::vector<std::unique_ptr<Program>>& executors() { return executors_; }
  std::vector<std::unique_ptr<Program>>& gateways() { return gateways_; }

 private:
  Environment BaseEnvironment() const;
  static ChildProcess Launch(const Program& program, const Environment& extra);

  const StackOptions options_;
  std::string directory_;
  bool keep_logs_ = false;
  std::string direct_url_;    // for the test itself
  std::string database_url_;  // for the programs
  std::unique_ptr<postgres::Connection> db_;
  std::unique_ptr<sample_api::ApiServer> sample_;
  std::vector<std::unique_ptr<Program>> schedulers_;
  std::vector<std::unique_ptr<Program>> executors_;
  std::vector<std::unique_ptr<Program>> gateways_;
  std::unique_ptr<v1::IntegrationService::Stub> integrations_;
  std::unique_ptr<v1::SyncService::Stub> syncs_;
  std::unique_ptr<v1::DiagnosticsService::Stub> diagnostics_;
};

// The lines of a file that hold `text`.
int CountLines(const std::string& file, const std::string& text);

// Waits until `condition` holds; ends the test process with `what` after `limit`.
void AwaitOrDie(const std::string& what, const std::function<bool()>& condition,
                absl::Duration limit = absl::Seconds(60));

// The records of an ISO list file by key, as canonical JSON.
std::map<std::string, std::string> IsoRecords(const std::string& file, const std::string& list,
                                              const std::string& key);

// JSON text in one canonical form.
std::string Canonical(const std::string& json);

}  // namespace syncline::testing
