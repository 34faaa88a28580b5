// What operators and backends do to running syncs: cancel them, watch them, ask about them. And the
// run that kills its executors.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "common/rpc/server.h"
#include "common/rpc/status_conversion.h"
#include "tests/e2e/stack.h"

namespace syncline::testing {
namespace {

using ::testing::HasSubstr;

constexpr char kCountries[] =
    R"({"streams": [{"name": "countries", "path": "/all/countries", "records": "/data", "key": ["/alpha_2"]}]})";
constexpr char kLanguages[] =
    R"({"streams": [{"name": "languages", "path": "/languages", "records": "/data", "key": ["/alpha_3"],
        "pagination": {"kind": "page", "sizeParam": "per_page", "size": 2000, "totalPages": "/totalPages"}}]})";

int Waiting(Stack& stack) {
  const nlohmann::json gates = nlohmann::json::parse(stack.Admin("GET", "/gates"));
  return gates.at("waiting").get<int>();
}

// A run that is held in the middle of its second page, with its first committed.
std::string HoldARun(Stack& stack) {
  stack.Admin("POST", "/gates", R"({"path": "/languages", "match": {"page": "2"}})");
  const std::string id = stack.Create("held", kLanguages, kFarAway);
  AwaitOrDie("the run in mid-page", [&] {
    return Waiting(stack) == 1 &&
           QueryInt(stack.db(), "SELECT max(page_seq) FROM syncline.live") == 1;
  });
  return id;
}

TEST(Control, ACancelReachesTheExecutorThroughAnyScheduler) {
  for (const int scheduler : {0, 1}) {
    SCOPED_TRACE(scheduler);
    Stack stack({.schedulers = 2, .executors = 1, .slots = 4, .lease = "30s"});
    const std::string id = HoldARun(stack);
    EXPECT_THAT(stack.Explain(id), HasSubstr("Is running on executor executor-1"));
    const auto syncs = v1::SyncService::NewStub(grpc::CreateCustomChannel(
        "127.0.0.1:" + std::to_string(stack.schedulers().at(scheduler)->port),
        grpc::InsecureChannelCredentials(), rpc::ClientArguments()));
    // Notes between schedulers are heard once both listen.
    AwaitOrDie("both schedulers to listen", [&] {
      return QueryInt(stack.db(),
                      "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                      "AND query LIKE '%pg_notify%' AND pid <> pg_backend_pid()") == 2;
    });
    v1::CancelSyncRequest request;
    request.set_sync_log_id(stack.Get(id).active_sync().id());
    grpc::ClientContext context;
    v1::SyncLog log;
    const absl::Time before = absl::Now();
    const grpc::Status status = syncs->CancelSync(&context, request, &log);
    ASSERT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(log.status(), v1::FAILED);
    EXPECT_EQ(log.error_class(), v1::CANCELLED);
    EXPECT_EQ(log.counts().pages(), 1);
    AwaitOrDie("the executor to let go of the request", [&] { return Waiting(stack) == 0; });
    const absl::Duration took = absl::Now() - before;
    std::printf("cancelled through scheduler %d: the executor let go after %.3f s\n", scheduler,
                absl::ToDoubleSeconds(took));
    EXPECT_LE(took, absl::Seconds(2));
    stack.Admin("POST", "/gates/release");
    // Its slot is free and the integration as before: the next run ends well.
    const v1::SyncLog next = stack.SyncNow(id);
    EXPECT_EQ(next.status(), v1::SUCCESS) << next.error_message();
    EXPECT_EQ(stack.Get(id).retry_count(), 0);
  }
}

// Reads events of a watch on a thread of its own.
class Watcher {
 public:
  Watcher(Stack& stack, const std::string& resume_token) {
    v1::WatchSyncsRequest request;
    request.set_resume_token(resume_token);
    stream_ = stack.syncs().WatchSyncs(&context_, request);
    thread_ = std::thread([this] {
      v1::WatchSyncsResponse event;
      while (stream_->Read(&event)) {
        std::lock_guard lock(mutex_);
        events_.push_back(event);
      }
    });
  }
  ~Watcher() { Stop(); }

  void Stop() {
    context_.TryCancel();
    if (thread_.joinable()) thread_.join();
  }
  std::vector<v1::WatchSyncsResponse> events() {
    std::lock_guard lock(mutex_);
    return events_;
  }
  // Waits for an event that `matches`.
  void Await(const std::string& what,
             const std::function<bool(const v1::WatchSyncsResponse&)>& matches) {
    AwaitOrDie(what, [&] {
      const auto seen = events();
      return std::any_of(seen.begin(), seen.end(), matches);
    });
  }
  std::string last_token() {
    std::string token;
    for (const auto& event : events())
      if (!event.resume_token().empty()) token = event.resume_token();
    return token;
  }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::WatchSyncsResponse>> stream_;
  std::mutex mutex_;
  std::vector<v1::WatchSyncsResponse> events_;
  std::thread thread_;
};

TEST(Control, AWatchTellsASnapshotAndThenEveryChangeOfState) {
  Stack stack({.schedulers = 1, .executors = 1, .slots = 4, .lease = "5s"});
  const std::string old = stack.Create("old", kCountries, kFarAway);
  stack.AwaitLogs(old, 1);
  Watcher watcher(stack, "");
  watcher.Await("the snapshot", [](const auto& event) { return event.snapshot_end(); });
  const auto snapshot = watcher.events();
  ASSERT_EQ(snapshot.size(), 3U);
  EXPECT_TRUE(snapshot[0].snapshot_begin());
  EXPECT_EQ(snapshot[1].integration().id(), old);
  EXPECT_EQ(snapshot[1].integration().last_sync().status(), v1::SUCCESS);

  const std::string id = HoldARun(stack);
  watcher.Await("RUNNING", [&](const auto& event) {
    return event.integration().id() == id &&
           event.integration().active_sync().status() == v1::RUNNING;
  });
  stack.Admin("POST", "/gates/release");
  watcher.Await("SUCCESS", [&](const auto& event) {
    return event.integration().id() == id && !event.integration().has_active_sync() &&
           event.integration().last_sync().status() == v1::SUCCESS;
  });
  AwaitOrDie("a token that covers it", [&] { return !watcher.last_token().empty(); });
  const std::string token = watcher.last_token();
  watcher.Stop();

  // What happens while nobody listens is told to a stream that goes on.
  v1::DeleteIntegrationRequest request;
  request.set_integration_id(old);
  grpc::ClientContext context;
  google::protobuf::Empty nothing;
  ASSERT_TRUE(stack.integrations().DeleteIntegration(&context, request, &nothing).ok());
  Watcher resumed(stack, token);
  resumed.Await("the deletion",
                [&](const auto& event) { return event.deleted_integration_id() == old; });
  EXPECT_TRUE(resumed.events().at(0).resumed());
  Watcher stranger(stack, "of-another-life.7");
  stranger.Await("a snapshot", [](const auto& event) { return event.snapshot_begin(); });
}

TEST(Control, ChangesAreToldWithinASecond) {
  Stack stack({.schedulers = 2, .executors = 1, .slots = 4, .lease = "5s"});
  const std::string id = stack.Create("a", kCountries, kFarAway);
  stack.AwaitLogs(id, 1);
  Watcher watcher(stack, "");
  watcher.Await("the snapshot", [](const auto& event) { return event.snapshot_end(); });
  absl::Duration slowest;
  for (int i = 0; i < 5; ++i) {
    const std::string run = stack.SyncNow(id).run_id();  // mostly over before anybody looks
    const absl::Time ended = absl::Now();
    watcher.Await("the end of the run", [&](const auto& event) {
      return event.integration().last_sync().run_id() == run;
    });
    slowest = std::max(slowest, absl::Now() - ended);
  }
  std::printf("the slowest of 5 ends was told after %.3f s\n", absl::ToDoubleSeconds(slowest));
  EXPECT_LE(slowest, absl::Seconds(1));
}

TEST(Control, ARunningSyncsCountsAreToldWhileItRunsAndNotWithEveryPage) {
  Stack stack({.schedulers = 1, .executors = 1, .slots = 4, .lease = "5s"});
  stack.Admin("POST", "/faults", R"({"path": "/languages", "kind": "delay", "delayMs": 100})");
  // Page 30 of 40 waits for us, so the counts up to it are told while nothing else happens.
  stack.Admin("POST", "/gates", R"({"path": "/languages", "match": {"page": "30"}})");
  Watcher watcher(stack, "");
  watcher.Await("the snapshot", [](const auto& event) { return event.snapshot_end(); });
  std::string config = kLanguages;
  config.replace(config.find("2000"), 4, "200");
  const absl::Time start = absl::Now();
  const std::string id = stack.Create("slow", config, kFarAway);
  watcher.Await("the counts of a run that is held", [&](const auto& event) {
    return event.integration().id() == id &&
           event.integration().active_sync().counts().pages() == 29;
  });
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  std::vector<std::int64_t> pages;
  for (const auto& event : watcher.events()) {
    const v1::SyncLog& active = event.integration().active_sync();
    if (event.integration().id() != id || active.status() != v1::RUNNING) continue;
    pages.push_back(active.counts().pages());
    EXPECT_EQ(active.counts().fetched(), 200 * active.counts().pages());
  }
  std::printf("%zu answers in %.1f s of 29 pages\n", pages.size(), seconds);
  EXPECT_GE(pages.size(), 3U);
  EXPECT_LE(static_cast<double>(pages.size()), 2 + seconds);
  EXPECT_TRUE(std::is_sorted(pages.begin(), pages.end()));
  stack.Admin("POST", "/gates/release");
  watcher.Await("SUCCESS", [&](const auto& event) {
    return event.integration().id() == id &&
           event.integration().last_sync().status() == v1::SUCCESS;
  });
}

TEST(Control, AnExplanationSaysWhyNothingRuns) {
  Stack stack({.schedulers = 1, .executors = 0, .slots = 4, .lease = "5s"});
  const std::string id = stack.Create("a", kCountries, kFarAway);
  EXPECT_THAT(stack.Explain(id), HasSubstr("no executor was heard of within the last lease"));
  v1::ExplainIntegrationRequest request;
  request.set_integration_id("nobody");
  grpc::ClientContext context;
  v1::ExplainIntegrationResponse response;
  EXPECT_EQ(stack.diagnostics().ExplainIntegration(&context, request, &response).error_code(),
            grpc::StatusCode::NOT_FOUND);
}

TEST(Control, ARunThatKillsItsExecutorsIsBlockedAndCondemnsNoOther) {
  Stack stack({.schedulers = 1, .executors = 1, .slots = 8, .lease = "1s"});
  stack.Admin("POST", "/gates", R"({"path": "/languages", "match": {"page": "2"}})");
  const std::string poison = stack.Create("poison", kLanguages, kFarAway);
  std::vector<std::string> neighbours;
  int alone = 0;
  for (int death = 0; death < 4; ++death) {
    Program& executor = *stack.executors().back();
    AwaitOrDie("the poison in mid-page", [&] {
      return QueryInt(stack.db(), "SELECT count(*) FROM syncline.live WHERE integration_id = '" +
                                      poison + "' AND state = 'RUNNING' AND page_seq = 1") == 1 &&
             Waiting(stack) > 0;
    });
    alone += static_cast<int>(
        QueryInt(stack.db(),
                 "SELECT alone::int FROM syncline.live WHERE integration_id = '" + poison + "'"));
    // Somebody else's run that is due now: it never gets a slot beside a run that is alone.
    neighbours.push_back(stack.Create("n" + std::to_string(death), kCountries, kFarAway));
    if (death < 2) stack.AwaitLogs(neighbours.back(), 1);
    EXPECT_EQ(QueryInt(stack.db(),
                       "SELECT count(*) FROM syncline.live WHERE state <> 'PENDING' "
                       "AND integration_id <> '" +
                           poison + "'"),
              0);
    executor.process.Kill();
    stack.AwaitReady(stack.StartExecutor());
  }
  EXPECT_EQ(alone, 2);
  const v1::SyncLog log = stack.AwaitLogs(poison, 1);
  EXPECT_EQ(log.error_class(), v1::LEASE_LOST);
  EXPECT_EQ(log.attempt(), 1);
  EXPECT_EQ(log.counts().takeovers(), 4);
  EXPECT_EQ(log.counts().pages(), 1);
  const v1::Integration blocked = stack.Get(poison);
  EXPECT_THAT(blocked.blocked_reason(), HasSubstr("executors died"));
  EXPECT_TRUE(blocked.sync_settings().sync_enabled());
  EXPECT_THAT(stack.Explain(poison), HasSubstr("it is blocked"));
  for (const std::string& id : neighbours) EXPECT_EQ(stack.AwaitLogs(id, 1).status(), v1::SUCCESS);
  // A manual trigger tries it again.
  stack.Admin("POST", "/gates/release");
  const v1::SyncLog next = stack.SyncNow(poison);
  EXPECT_EQ(next.status(), v1::SUCCESS) << next.error_message();
  EXPECT_EQ(stack.Get(poison).blocked_reason(), "");
}

}  // namespace
}  // namespace syncline::testing
