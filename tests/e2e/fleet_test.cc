// Several schedulers and executors: whoever is asked, the work is done once, and a rolling restart
// is noticed by nobody.
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <set>
#include <thread>

#include "absl/time/clock.h"
#include "tests/e2e/language_runs.h"

namespace syncline::testing {
namespace {

constexpr char kCountries[] =
    R"({"streams": [{"name": "countries", "path": "/all/countries", "records": "/data", "key": ["/alpha_2"]}]})";

std::string AddressOf(const Program& scheduler) {
  return fmt::format("127.0.0.1:{}", scheduler.port);
}

std::vector<std::unique_ptr<v1::SyncService::Stub>> StubsOf(Stack& stack) {
  std::vector<std::unique_ptr<v1::SyncService::Stub>> stubs;
  for (const auto& scheduler : stack.schedulers())
    stubs.push_back(v1::SyncService::NewStub(Stack::ChannelTo(*scheduler)));
  return stubs;
}

grpc::Status Trigger(v1::SyncService::Stub& syncs, const std::string& id,
                     const std::string& request_id, std::string* run_id) {
  v1::TriggerSyncRequest request;
  request.set_integration_id(id);
  request.set_request_id(request_id);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
  v1::TriggerSyncResponse response;
  grpc::Status status = syncs.TriggerSync(&context, request, &response);
  *run_id = response.run_id();
  return status;
}

void AwaitNothingActive(Stack& stack) {
  AwaitOrDie("all runs to end",
             [&] { return QueryInt(stack.db(), "SELECT count(*) FROM syncline.live") == 0; });
}

// Creates integrations and waits for their first, scheduled, run.
std::vector<std::string> CreateSynced(Stack& stack, int count) {
  std::vector<std::string> ids;
  ids.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i)
    ids.push_back(stack.Create(fmt::format("n{}", i), kCountries, kFarAway));
  for (const std::string& id : ids) stack.AwaitLogs(id, 1);
  return ids;
}

void ExpectOneSuccessEach(Stack& stack, const std::set<std::string>& runs) {
  for (const std::string& run : runs) {
    EXPECT_EQ(QueryInt(stack.db(), fmt::format("SELECT count(*) FROM syncline.sync_history WHERE"
                                               " status = 'SUCCESS' AND run_id = '{}'",
                                               run)),
              1);
  }
  EXPECT_EQ(QueryInt(stack.db(),
                     "SELECT count(*) FROM syncline.sync_history"
                     " WHERE status <> 'SUCCESS' OR attempt > 1 OR takeovers > 0"),
            0);
  EXPECT_EQ(QueryInt(stack.db(),
                     "SELECT count(*) FROM syncline.integrations"
                     " WHERE retry_count > 0 OR NOT sync_enabled OR blocked_reason IS NOT NULL"),
            0);
}

TEST(Fleet, TwoSchedulersWithOneExecutorEachShareTheTriggersOfBoth) {
  Stack stack({.schedulers = 2, .executors = 0, .slots = 4, .lease = "5s"});
  for (const auto& scheduler : stack.schedulers())
    stack.AwaitReady(stack.StartExecutor({}, AddressOf(*scheduler)));
  const std::vector<std::string> ids = CreateSynced(stack, 20);
  const auto stubs = StubsOf(stack);
  std::set<std::string> runs;
  for (int i = 0; i < 60; ++i) {
    std::string run;
    const grpc::Status status =
        Trigger(*stubs[static_cast<std::size_t>(i) % 2],
                ids[static_cast<std::size_t>(i) % ids.size()], fmt::format("r{}", i), &run);
    ASSERT_TRUE(status.ok()) << status.error_message();
    runs.insert(run);
  }
  AwaitNothingActive(stack);
  ExpectOneSuccessEach(stack, runs);
  EXPECT_EQ(QueryInt(stack.db(), "SELECT count(DISTINCT executor) FROM syncline.sync_history"), 2);
}

TEST(Fleet, ASchedulerWithoutExecutorsHintsTheOtherOne) {
  Stack stack({.schedulers = 2, .executors = 0, .lease = "30s"});
  stack.AwaitReady(stack.StartExecutor({}, AddressOf(*stack.schedulers()[1])));
  const std::string id = CreateSynced(stack, 1)[0];
  std::vector<absl::Duration> took;
  for (int i = 0; i < 9; ++i) {
    const absl::Time asked = absl::Now();
    EXPECT_EQ(stack.SyncNow(id).status(), v1::SUCCESS);  // asks the first one
    took.push_back(absl::Now() - asked);
  }
  std::sort(took.begin(), took.end());
  std::printf("a trigger at a scheduler without executors took %s, at most %s\n",
              absl::FormatDuration(took[4]).c_str(), absl::FormatDuration(took[8]).c_str());
  // Without the hint, the other scheduler looks every second at best, half of it on average.
  EXPECT_LT(took[4], absl::Milliseconds(350));
  EXPECT_LT(took[8], absl::Seconds(3));
}

// Triggers one integration after the other, through one scheduler after the other, until stopped; a
// call without an answer is made again under its request id.
class TriggerLoad {
 public:
  TriggerLoad(Stack& stack, std::vector<std::string> ids)
      : ids_(std::move(ids)), stubs_(StubsOf(stack)), thread_([this] { Run(); }) {}
  ~TriggerLoad() { Stop(); }

  // The runs of all calls.
  std::set<std::string> Stop() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
    return runs_;
  }
  int calls() const { return calls_; }

 private:
  void Run() {
    for (std::size_t i = 0; !stopping_; ++i) {
      const std::string request_id = fmt::format("load-{}", i);
      for (std::size_t tries = i;; ++tries) {
        std::string run;
        const grpc::Status status =
            Trigger(*stubs_[tries % stubs_.size()], ids_[i % ids_.size()], request_id, &run);
        if (status.ok()) {
          runs_.insert(run);
          break;
        }
        // A call that reaches a server just as it closes is answered CANCELLED by gRPC itself
        // (grpc/grpc#41785).
        if (status.error_code() != grpc::StatusCode::UNAVAILABLE &&
            status.error_code() != grpc::StatusCode::CANCELLED) {
          ADD_FAILURE() << status.error_message();
          break;
        }
      }
      ++calls_;
    }
  }

  const std::vector<std::string> ids_;
  const std::vector<std::unique_ptr<v1::SyncService::Stub>> stubs_;
  std::set<std::string> runs_;  // the thread's own until it ends
  std::atomic<int> calls_ = 0;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

TEST(Fleet, ARollingRestartUnderLoadLosesAndFailsNothing) {
  Stack stack({.schedulers = 2, .executors = 0, .slots = 8, .lease = "5s"});
  for (int i = 0; i < 2; ++i) stack.AwaitReady(stack.StartExecutor({}, stack.SchedulerAddresses()));
  stack.Admin("POST", "/faults", R"({"path": "/all/countries", "kind": "delay", "delayMs": 150})");
  TriggerLoad load(stack, CreateSynced(stack, 12));
  for (auto* programs : {&stack.executors(), &stack.schedulers()}) {
    for (const auto& program : *programs) {
      const int calls = load.calls();
      AwaitOrDie("load", [&] { return load.calls() > calls + 20; });
      program->process.Signal(SIGTERM);
      EXPECT_EQ(program->process.Wait(absl::Seconds(20)), 0) << program->log_file;
      stack.Restart(*program);
      stack.AwaitReady(*program);
    }
  }
  const std::set<std::string> runs = load.Stop();
  AwaitNothingActive(stack);
  std::printf("%d triggers, %zu runs\n", load.calls(), runs.size());
  ExpectOneSuccessEach(stack, runs);
  EXPECT_EQ(QueryInt(stack.db(), "SELECT count(*) FROM syncline.trigger_requests"), load.calls());
}

// Every connection, the executors' streams among them, is closed again and again.
TEST(Fleet, ConnectionsThatAgeUnderLoadLoseAndFailNothing) {
  Stack stack({.schedulers = 2,
               .executors = 0,
               .slots = 8,
               .lease = "5s",
               .environment = {{"SYNC_CONNECTION_AGE", "1s"}}});
  for (int i = 0; i < 2; ++i) stack.AwaitReady(stack.StartExecutor({}, stack.SchedulerAddresses()));
  stack.Admin("POST", "/faults", R"({"path": "/all/countries", "kind": "delay", "delayMs": 50})");
  TriggerLoad load(stack, CreateSynced(stack, 12));
  for (const auto& executor : stack.executors()) {
    AwaitOrDie("an executor's fourth stream",
               [&] { return CountLines(executor->log_file, "connected to a scheduler") >= 4; });
    EXPECT_EQ(
        CountLines(executor->log_file, R"("info","program":"sync-executor","event":"connected)"),
        1);
  }
  int told = 0;
  for (const auto& scheduler : stack.schedulers()) {
    told += CountLines(scheduler->log_file,
                       R"("info","program":"sync-scheduler","event":"executor connected")");
  }
  EXPECT_EQ(told, 2);  // each as it was new
  const std::set<std::string> runs = load.Stop();
  AwaitNothingActive(stack);
  std::printf("%d triggers, %zu runs\n", load.calls(), runs.size());
  ExpectOneSuccessEach(stack, runs);
  EXPECT_EQ(QueryInt(stack.db(), "SELECT count(*) FROM syncline.trigger_requests"), load.calls());
}

}  // namespace
}  // namespace syncline::testing
