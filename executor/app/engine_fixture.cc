#include "executor/app/engine_fixture.h"

#include <fmt/format.h>
#include <httplib.h>

#include <cstdlib>
#include <utility>

#include "common/base/ids.h"
#include "common/rpc/proto_time.h"

namespace syncline::executor {
namespace {

constexpr char kKeys[] = "k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

}  // namespace

const char kItems[] = R"([{"name":"items","path":"/items","records":"/data","key":["/id"],
  "pagination":{"kind":"cursor","cursor":"/next","param":"after"}}])";
const char kItemsAndEvents[] = R"([{"name":"items","path":"/items","records":"/data","key":["/id"],
  "pagination":{"kind":"cursor","cursor":"/next","param":"after"}},
  {"name":"events","path":"/events","records":"/data","key":["/id"],
  "incremental":{"field":"/at","param":"since","lag":"0s"}}])";

FakeApi::FakeApi() : server_(std::make_unique<httplib::Server>()) {
  server_->new_task_queue = [] { return new httplib::ThreadPool(16); };
  server_->Get(".*", [this](const httplib::Request& request, httplib::Response& response) {
    std::unique_lock lock(mutex_);
    ++requests_[request.target];
    changed_.notify_all();
    changed_.wait(lock, [&] { return ending_ || !held_.contains(request.target); });
    const auto found = answers_.find(request.target);
    if (found == answers_.end()) {
      response.status = 404;
      return;
    }
    response.status = found->second.status;
    for (const auto& [name, value] : found->second.headers) response.set_header(name, value);
    response.set_content(found->second.body, found->second.content_type);
  });
  port_ = server_->bind_to_any_port("127.0.0.1");
  thread_ = std::thread([this] { server_->listen_after_bind(); });
  // stop() does nothing to a server that does not run yet, and a test may be that short.
  while (!server_->is_running()) std::this_thread::yield();
}

FakeApi::~FakeApi() {
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
    changed_.notify_all();
  }
  server_->stop();
  thread_.join();
}

std::string FakeApi::url() const { return fmt::format("http://127.0.0.1:{}", port_); }

void FakeApi::Set(const std::string& target, Answer answer) {
  std::lock_guard lock(mutex_);
  answers_[target] = std::move(answer);
}

void FakeApi::Hold(const std::string& target) {
  std::lock_guard lock(mutex_);
  held_.insert(target);
}

void FakeApi::Release(const std::string& target) {
  std::lock_guard lock(mutex_);
  held_.erase(target);
  changed_.notify_all();
}

void FakeApi::WaitForRequests(const std::string& target, int count) {
  std::unique_lock lock(mutex_);
  EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds(30), [&] {
    return requests_[target] >= count;
  })) << target;
}

int FakeApi::Requests(const std::string& target) {
  std::lock_guard lock(mutex_);
  return requests_[target];
}

EngineTest::EngineTest(absl::Duration lease, const std::string& url)
    : url_(url.empty() ? testing::TestCluster::Get().NewDatabase() : url),
      connection_(testing::OpenOrDie(url_)),
      scheduler_(lease) {}

EngineTest::~EngineTest() {
  if (engine_ != nullptr) engine_->Stop();
}

void EngineTest::StartEngine(int slots) {
  EngineOptions options;
  options.database.url = url_;
  options.identity = {.process = crypto::NewProcessIdentity().value(),
                      .name = "test",
                      .version = "0",
                      .slots = slots,
                      .connector_types = {"REST"}};
  options.outbound = OutboundPolicy::Create("127.0.0.0/8").value();
  auto engine = RunEngine::Create(options, SchedulerChannels::Create(scheduler_.address()).value(),
                                  crypto::CredentialCipher::Create(kKeys).value(), &metrics_);
  ASSERT_TRUE(engine.ok()) << engine.status();
  engine_ = std::move(engine).value();
  engine_->Start();
  while (!engine_->Problem().empty()) std::this_thread::yield();
}

internal::v1::Assignment EngineTest::NewAssignment(const std::string& streams) {
  internal::v1::Assignment assignment;
  assignment.set_integration_id(NewRandomUuid());
  assignment.set_log_id(NewRandomUuid());
  assignment.set_run_id(assignment.log_id());
  assignment.set_attempt(1);
  assignment.set_fence(NewRandomUuid());
  assignment.set_epoch(1);
  assignment.set_type("REST");
  assignment.set_config_json(
      fmt::format(R"({{"baseUrl":"{}","streams":{}}})", api_.url(), streams));
  *assignment.mutable_remaining() = rpc::ToProto(absl::Hours(1));
  *assignment.mutable_dispatch_limit() = rpc::ToProto(absl::Seconds(10));
  assignment.set_takes_nothing_left(true);
  testing::QueryOrDie(
      *connection_,
      fmt::format("INSERT INTO syncline.live (integration_id, log_id, run_id, tenant_id, trigger, "
                  "state, fence, epoch, "
                  "lease_expires_at) VALUES ('{0}', '{1}', '{1}', '', 'MANUAL', 'CLAIMED', '{2}', "
                  "1, clock_timestamp())",
                  assignment.integration_id(), assignment.log_id(), assignment.fence()));
  return assignment;
}

internal::v1::Assignment EngineTest::ClaimAgain(const internal::v1::Assignment& assignment) {
  internal::v1::Assignment next = assignment;
  next.set_fence(NewRandomUuid());
  next.set_epoch(assignment.epoch() + 1);
  testing::QueryOrDie(
      *connection_,
      fmt::format("UPDATE syncline.live SET fence = '{}', state = 'CLAIMED', running_since "
                  "= NULL, deadline_at = NULL WHERE integration_id = '{}'",
                  next.fence(), next.integration_id()));
  return next;
}

void EngineTest::WaitUntilBetweenPages(const internal::v1::Assignment& assignment,
                                       const std::string& second) {
  api_.WaitForRequests(second, 1);
  while (Live(assignment, "page_seq") == "0") std::this_thread::yield();
}

std::string EngineTest::Live(const internal::v1::Assignment& assignment,
                             const std::string& columns) {
  return testing::QueryOrDie(
             *connection_,
             fmt::format("SELECT ({})::text AS v FROM syncline.live WHERE integration_id = '{}'",
                         columns, assignment.integration_id()))[0]
      .String("v");
}

std::string EngineTest::Records(const internal::v1::Assignment& assignment) {
  return testing::QueryOrDie(
             *connection_,
             fmt::format(
                 "SELECT string_agg(stream || ':' || key, ' ' ORDER BY stream, key) AS v FROM "
                 "syncline.records WHERE deleted_at IS NULL AND integration_id = '{}'",
                 assignment.integration_id()))[0]
      .String("v");
}

void EngineTest::WaitForMetric(const std::string& line) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (metrics_.Scrape().find(line + "\n") == std::string::npos) {
    ASSERT_LT(std::chrono::steady_clock::now(), give_up) << line << " in\n" << metrics_.Scrape();
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

}  // namespace syncline::executor
