#include "executor/app/run_engine.h"

#include <algorithm>
#include <random>
#include <thread>
#include <utility>

#include "common/base/log.h"
#include "common/base/status_macros.h"

namespace syncline::executor {
namespace {

constexpr absl::Duration kTick = absl::Milliseconds(100);  // while there are runs
constexpr absl::Duration kChores = absl::Seconds(1);
constexpr absl::Duration kPing = absl::Seconds(2);
// How soon a new scheduler behind a known name is found.
constexpr absl::Duration kNamePeriod = absl::Seconds(5);
constexpr absl::Duration kPrune = absl::Minutes(1);
// How long a drain waits for the scheduler to have heard of what was returned.
constexpr absl::Duration kLongestGoodbye = absl::Seconds(5);

// Beside the runs, so that no check waits for a slot and no run for a check.
constexpr std::size_t kMostChecks = 8;

// A run has one task at most in a pool, and so has a check.
std::size_t QueueFor(int slots) { return static_cast<std::size_t>(slots) * 2 + 100; }

std::size_t ComputeThreads() { return std::clamp(std::thread::hardware_concurrency(), 2u, 8u); }

// What an answer to a last report is counted and logged as.
const char* OutcomeOf(RunReport::Kind kind, bool success) {
  switch (kind) {
    case RunReport::Kind::kParked:
      return "parked";
    case RunReport::Kind::kReturned:
      return "returned";
    case RunReport::Kind::kRefused:
      return "refused";
    default:
      return success ? "success" : "failed";
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<RunEngine>> RunEngine::Create(EngineOptions options,
                                                             SchedulerChannels channels,
                                                             crypto::CredentialCipher cipher,
                                                             Metrics* metrics) {
  HttpClientOptions http_options;
  http_options.policy = options.outbound;
  std::unique_ptr<RunEngine> engine(
      new RunEngine(std::move(options), std::move(channels), std::move(cipher), metrics));
  ASSIGN_OR_RETURN(engine->http_, HttpClient::Create(&engine->loop_, std::move(http_options)));
  engine->services_.http = engine->http_.get();
  return engine;
}

RunEngine::RunEngine(EngineOptions options, SchedulerChannels channels,
                     crypto::CredentialCipher cipher, Metrics* metrics)
    : options_(std::move(options)),
      metrics_(metrics, options_.identity.slots),
      cipher_(std::move(cipher)),
      pool_(options_.database, options_.database_connections),
      store_(&pool_),
      probe_(options_.database),
      slots_(options_.identity.slots),
      next_prune_(clock_.Now() + kPrune),
      next_ping_(clock_.Now()),
      channels_(std::move(channels)),
      compute_(ComputeThreads(), QueueFor(options_.identity.slots)),
      database_(static_cast<std::size_t>(options_.database_connections),
                QueueFor(options_.identity.slots)),
      probing_(1, 1),
      services_{.loop = &loop_,
                .http = nullptr,
                .store = &store_,
                .compute = &compute_,
                .database = &database_,
                .rate_limits = &rate_limits_,
                .configs = &configs_,
                .clock = &clock_,
                .cipher = &cipher_,
                .metrics = &metrics_,
                .prepare = options_.prepare},
      checks_(&services_, kMostChecks),
      reporter_(std::make_unique<Reporter>(&loop_, &channels_, &clock_, options_.identity.process,
                                           static_cast<ReportHandler*>(this))),
      check_reporter_(std::make_unique<CheckReporter>(&loop_, &clock_, options_.identity.process)),
      link_(std::make_unique<SchedulerLink>(&loop_, &channels_, options_.identity,
                                            static_cast<LinkHandler*>(this))),
      balance_(std::make_unique<SchedulerBalance>(
          &loop_, &channels_, [this] { return link_->open() && !draining_; },
          [this](const std::string& target) { link_->MoveTo(target); })) {}

RunEngine::~RunEngine() { Stop(); }

void RunEngine::Start() {
  loop_.Post([this] {
    reporter_->Start();
    balance_->Start();
    DoChores();
  });
  FindSchedulers();
}

void RunEngine::FindSchedulers() {
  std::vector<HostAndPort> names = channels_.names();
  if (names.empty()) {
    loop_.Post([this] { link_->Start(); });
    return;
  }
  names_ =
      std::make_unique<NameWatch>(std::move(names), kNamePeriod, [this](AddressesByName addresses) {
        loop_.Post([this, addresses = std::move(addresses)] { OnAddresses(addresses); });
      });
}

void RunEngine::OnAddresses(const AddressesByName& addresses) {
  channels_.SetAddresses(addresses);
  if (std::exchange(names_known_, true)) return;
  channels_.Begin(std::random_device()());
  link_->Start();
}

void RunEngine::TickRuns() {
  const absl::Duration now = clock_.Now();
  for (auto next = runs_.begin(); next != runs_.end();) {
    const std::shared_ptr<Run> run = (next++)->second;  // leaves the table when it ends in its Tick
    run->Tick(now);
  }
  ticking_ = !runs_.empty();
  if (ticking_) loop_.PostAfter(kTick, [this] { TickRuns(); });
}

void RunEngine::DoChores() {
  loop_.PostAfter(kChores, [this] { DoChores(); });
  const absl::Duration now = clock_.Now();
  if (now >= next_ping_) PingDatabase();
  if (now >= next_prune_) {
    next_prune_ = now + kPrune;
    rate_limits_.Prune(absl::UnixEpoch() + now);
  }
}

void RunEngine::PingDatabase() {
  if (pinging_) return;
  next_ping_ = clock_.Now() + kPing;
  pinging_ = probing_.Submit([this] {
    database_answers_ = probe_.Check().ok();
    loop_.Post([this] { pinging_ = false; });
  });
}

void RunEngine::OnWelcome(absl::Duration lease) {
  connected_ = true;
  reporter_->SetLease(lease);
  reporter_->SetSequenceSeen(0);
  reporter_->ReportAllSoon();
}

void RunEngine::OnStreamEnd() {
  connected_ = false;
  reporter_->SetSequenceSeen(0);
}

void RunEngine::OnAssignment(Assignment assignment) {
  reporter_->SetSequenceSeen(assignment.sequence);
  const RunKey key = assignment.key;
  const AdmissionDecision decision = slots_.Decide(key.integration_id, key.fence, assignment.alone);
  if (decision.admission == Admission::kIgnore) return;
  RunReport report;
  report.key = key;
  if (decision.admission == Admission::kRefuse) {
    LogInfo(
        "run refused",
        {{"integration", key.integration_id}, {"log_id", key.log_id}, {"reason", decision.reason}});
    metrics_.CountRun("refused");
    report.kind = RunReport::Kind::kRefused;
    report.detail = decision.reason;
    reporter_->Put(std::move(report));
    return;
  }
  LogInfo("run started", {{"integration", key.integration_id},
                          {"tenant", assignment.tenant_id},
                          {"log_id", key.log_id},
                          {"run", assignment.run_id},
                          {"attempt", assignment.attempt},
                          {"epoch", assignment.epoch}});
  slots_.Take(key.integration_id, key.fence, assignment.alone);
  metrics_.SetBusy(slots_.busy());
  reporter_->SetLease(assignment.lease);
  reporter_->Put(std::move(report));  // held from now on; accepted when it begins
  auto run =
      std::make_shared<Run>(std::move(assignment), &services_, static_cast<RunObserver*>(this));
  runs_[key.fence] = run;
  if (!std::exchange(ticking_, true)) loop_.PostAfter(kTick, [this] { TickRuns(); });
  run->Start();
}

void RunEngine::OnStop(const std::string& fence, const std::string& reason) {
  DropRun(fence, "stopped", reason);
}

void RunEngine::OnCheck(CheckOrder order) {
  // The channels name the scheduler that asked for as long as its stream is open.
  const std::string id = order.id;
  checks_.Take(std::move(order),
               [this, id, &asker = channels_.current()](const CheckAnswer& answer) {
                 check_reporter_->Send(asker, id, answer);
               });
}

void RunEngine::OnStopCheck(const std::string& check_id) { checks_.Drop(check_id); }

void RunEngine::OnReportEffect(const ReportEffect& effect, absl::Duration sent_at) {
  switch (effect.kind) {
    case ReportEffect::Kind::kRenewed:
      if (const auto run = runs_.find(effect.key.fence); run != runs_.end()) {
        const std::shared_ptr<Run> held = run->second;
        held->Renewed(sent_at, reporter_->lease());
      }
      break;
    case ReportEffect::Kind::kDropped:
      DropRun(effect.key.fence, effect.order == Order::kStop ? "stopped" : "lost",
              OrderName(effect.order));
      FreeSlot(effect.key);
      break;
    case ReportEffect::Kind::kSettled:
      if (effect.order != Order::kApplied) {
        LogInfo("last report answered", {{"integration", effect.key.integration_id},
                                         {"log_id", effect.key.log_id},
                                         {"reason", OrderName(effect.order)}});
      }
      FreeSlot(effect.key);
      break;
  }
}

void RunEngine::OnRunEnd(const std::shared_ptr<Run>& run, RunReport report) {
  const Assignment& assignment = run->assignment();
  const std::string outcome = OutcomeOf(report.kind, report.error_class.empty());
  metrics_.CountRun(outcome);
  LogInfo("run ended", {{"integration", report.key.integration_id},
                        {"log_id", report.key.log_id},
                        {"run", assignment.run_id},
                        {"attempt", assignment.attempt},
                        {"epoch", assignment.epoch},
                        {"outcome", outcome},
                        {"reason", report.error_class},
                        {"detail", report.error_message + report.detail},
                        {"pages", run->pages()},
                        {"records", run->records()}});
  runs_.erase(report.key.fence);
  slots_.End(report.key.integration_id, report.key.fence);
  reporter_->Put(std::move(report));
}

void RunEngine::OnRunLost(const std::shared_ptr<Run>& run) {
  DropRun(run->assignment().key.fence, "lost", "the fence is gone");
}

void RunEngine::DropRun(const std::string& fence, const std::string& outcome,
                        const std::string& reason) {
  const auto found = runs_.find(fence);
  if (found != runs_.end()) {
    const std::shared_ptr<Run> run = found->second;
    const Assignment& assignment = run->assignment();
    runs_.erase(found);
    run->Drop();
    metrics_.CountRun(outcome);
    LogInfo("run dropped", {{"integration", assignment.key.integration_id},
                            {"log_id", assignment.key.log_id},
                            {"run", assignment.run_id},
                            {"attempt", assignment.attempt},
                            {"epoch", assignment.epoch},
                            {"outcome", outcome},
                            {"reason", reason},
                            {"pages", run->pages()}});
    FreeSlot(assignment.key);
  }
  // It may have ended already, with its last report still on the way.
  if (const auto key = reporter_->Forget(fence)) FreeSlot(*key);
  CheckDrained();
}

void RunEngine::OnRefusedWrite() {
  metrics_.CountRefusedWrite();
  reporter_->NoteRefusedWrite();
}

void RunEngine::FreeSlot(const RunKey& key) {
  slots_.Free(key.integration_id, key.fence);
  metrics_.SetBusy(slots_.busy());
}

void RunEngine::CheckDrained() {
  if (drained_ == nullptr || slots_.busy() > 0 || !reporter_->empty()) return;
  drained_->set_value();
  drained_.reset();
}

bool RunEngine::Drain(absl::Duration grace) {
  draining_ = true;
  auto drained = std::make_unique<std::promise<void>>();
  std::future<void> done = drained->get_future();
  loop_.Post([this, shared = std::make_shared<decltype(drained)>(std::move(drained))] {
    slots_.StartDraining();
    checks_.StartDraining();
    drained_ = std::move(*shared);
    reporter_->SetDraining();
    CheckDrained();
  });
  if (done.wait_for(absl::ToChronoMilliseconds(grace)) == std::future_status::ready) return true;
  loop_.Post([this] {
    std::vector<std::shared_ptr<Run>> runs;
    for (const auto& [fence, run] : runs_) runs.push_back(run);
    LogInfo("the grace period is over; returning what still runs", {{"runs", runs.size()}});
    for (const auto& run : runs) run->RequestReturn();
  });
  return done.wait_for(absl::ToChronoMilliseconds(kLongestGoodbye)) == std::future_status::ready;
}

void RunEngine::RunAndWait(std::function<void(std::function<void()> done)> task) {
  auto finished = std::make_shared<std::promise<void>>();
  std::future<void> waiting = finished->get_future();
  loop_.Post([task = std::move(task), finished] { task([finished] { finished->set_value(); }); });
  waiting.wait();
}

void RunEngine::Stop() {
  if (stopped_) return;
  stopped_ = true;
  names_.reset();
  // First nothing new comes in, then nothing starts a request any more, then the threads end.
  RunAndWait([this](std::function<void()> done) { balance_->Shutdown(std::move(done)); });
  RunAndWait([this](std::function<void()> done) { link_->Shutdown(std::move(done)); });
  RunAndWait([this](std::function<void()> done) { reporter_->Shutdown(std::move(done)); });
  RunAndWait([this](std::function<void()> done) { check_reporter_->Shutdown(std::move(done)); });
  RunAndWait([this](const std::function<void()>& done) {
    for (const auto& [fence, run] : runs_) run->Drop();
    runs_.clear();
    checks_.DropAll();
    done();
  });
  compute_.Stop();
  database_.Stop();
  probing_.Stop();
  loop_.Stop();
  http_.reset();
}

std::string RunEngine::Problem() const {
  if (draining_) return "draining";
  if (!database_answers_) return "the database does not answer";
  if (!connected_) return "no scheduler is connected";
  return "";
}

}  // namespace syncline::executor
