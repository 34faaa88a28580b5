// The runs of one executor: takes what a scheduler assigns, keeps slots, leases and reports in
// step, and ends it all in good order. Its parts decide on one loop; see run.h.
#pragma once

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <unordered_map>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/clock.h"
#include "common/base/worker_pool.h"
#include "common/crypto/credential_cipher.h"
#include "common/http/metrics.h"
#include "common/postgres/pool.h"
#include "executor/app/checks.h"
#include "executor/app/executor_metrics.h"
#include "executor/app/run.h"
#include "executor/core/event_loop.h"
#include "executor/core/rate_limits.h"
#include "executor/core/slot_table.h"
#include "executor/http/http_client.h"
#include "executor/rpc/check_reporter.h"
#include "executor/rpc/name_watch.h"
#include "executor/rpc/reporter.h"
#include "executor/rpc/scheduler_balance.h"
#include "executor/rpc/scheduler_channels.h"
#include "executor/rpc/scheduler_link.h"
#include "executor/storage/database_probe.h"
#include "executor/storage/page_store.h"

namespace syncline::executor {

struct EngineOptions {
  postgres::ConnectionOptions database;
  int database_connections = 4;
  ExecutorIdentity identity;
  OutboundPolicy outbound;
  Preparation prepare = PrepareRun;
};

class RunEngine final : private LinkHandler, private ReportHandler, private RunObserver {
 public:
  // Connects to nobody yet. `metrics` outlives it. INTERNAL when libcurl cannot do what the HTTP
  // client promises.
  static absl::StatusOr<std::unique_ptr<RunEngine>> Create(EngineOptions options,
                                                           SchedulerChannels channels,
                                                           crypto::CredentialCipher cipher,
                                                           Metrics* metrics);
  ~RunEngine() override;  // Stop()

  void Start();

  // Takes nothing new, gives running runs `grace` to end, returns the rest and waits a few seconds
  // for the scheduler to have heard it. Blocks. False when something was left unheard; its lease
  // ends by itself.
  bool Drain(absl::Duration grace);

  // Drops what still runs and ends every thread. Blocks; idempotent.
  void Stop();

  const std::string& process_id() const { return options_.identity.process.id; }

  // Why it is not ready to work; empty when it is. Any thread.
  std::string Problem() const;

 private:
  RunEngine(EngineOptions options, SchedulerChannels channels, crypto::CredentialCipher cipher,
            Metrics* metrics);

  // LinkHandler
  std::vector<RunKey> Held() const override { return reporter_->Held(); }
  void OnWelcome(absl::Duration lease) override;
  void OnAssignment(Assignment assignment) override;
  void OnStop(const std::string& fence, const std::string& reason) override;
  void OnCheck(CheckOrder order) override;
  void OnStopCheck(const std::string& check_id) override;
  void OnStreamEnd() override;
  // ReportHandler
  void OnReportEffect(const ReportEffect& effect, absl::Duration sent_at) override;
  void OnReportAnswered() override { CheckDrained(); }
  void OnReportFailed() override { link_->LeaveScheduler(); }
  // RunObserver
  void OnRunBegin(const RunKey& key) override {
    reporter_->Put({.key = key, .kind = RunReport::Kind::kAccepted});
  }
  void OnRunEnd(const std::shared_ptr<Run>& run, RunReport report) override;
  void OnRunLost(const std::shared_ptr<Run>& run) override;
  void OnRefusedWrite() override;
  absl::Duration lease() const override { return reporter_->lease(); }

  // Connects, at once or when the schedulers' names have been looked up.
  void FindSchedulers();
  void OnAddresses(const AddressesByName& addresses);
  // Goes on for as long as there are runs.
  void TickRuns();
  void DoChores();
  void PingDatabase();
  // Ends a run without a report of its own, if it is still there.
  void DropRun(const std::string& fence, const std::string& outcome, const std::string& reason);
  void FreeSlot(const RunKey& key);
  void CheckDrained();
  // Runs `task` on the loop and waits for it to call what it is given.
  void RunAndWait(std::function<void(std::function<void()> done)> task);

  const EngineOptions options_;
  const SteadyClock clock_;
  ExecutorMetrics metrics_;
  const crypto::CredentialCipher cipher_;
  postgres::Pool pool_;
  PageStore store_;
  DatabaseProbe probe_;

  // On the loop from Start to Stop.
  SlotTable slots_;
  RateLimits rate_limits_;
  ParsedConfigs configs_;
  std::unordered_map<std::string, std::shared_ptr<Run>> runs_;  // by fence, until their last report
  bool ticking_ = false;                                        // TickRuns is under way
  std::unique_ptr<std::promise<void>> drained_;
  absl::Duration next_prune_;
  bool pinging_ = false;
  absl::Duration next_ping_;

  std::atomic<bool> draining_ = false;
  std::atomic<bool> connected_ = false;
  std::atomic<bool> database_answers_ = false;
  bool stopped_ = false;
  bool names_known_ = false;  // on the loop

  // Destroyed in the opposite order, after Stop: threads end before what they use.
  EventLoop loop_;
  SchedulerChannels channels_;
  WorkerPool compute_;
  WorkerPool database_;
  WorkerPool probing_;  // apart, since silence may hold every other thread
  RunServices services_;
  std::unique_ptr<HttpClient> http_;
  Checks checks_;
  std::unique_ptr<Reporter> reporter_;
  std::unique_ptr<CheckReporter> check_reporter_;
  std::unique_ptr<SchedulerLink> link_;
  std::unique_ptr<SchedulerBalance> balance_;
  std::unique_ptr<NameWatch> names_;  // null without names, and before Start
};

}  // namespace syncline::executor
