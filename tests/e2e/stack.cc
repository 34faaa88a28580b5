#include "tests/e2e/stack.h"

#include <google/protobuf/util/json_util.h>
#include <grpcpp/grpcpp.h>
#include <httplib.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include <fmt/format.h>

#include "common/rpc/server.h"
#include "tests/support/dev_client/samples.h"

namespace syncline::testing {
namespace {

// 32 bytes, for tests only.
constexpr char kTestKeys[] = "test:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

[[noreturn]] void Die(const std::string& what) {
  std::fprintf(stderr, "stack: %s\n", what.c_str());
  std::abort();
}

std::string Tail(const std::string& file) {
  std::ifstream in(file);
  std::stringstream all;
  all << in.rdbuf();
  const std::string text = all.str();
  return text.size() > 4000 ? text.substr(text.size() - 4000) : text;
}

void CheckCall(const grpc::Status& status, const std::string& what) {
  if (!status.ok()) Die(what + ": " + status.error_message());
}

}  // namespace

void AwaitOrDie(const std::string& what, const std::function<bool()>& condition,
                absl::Duration limit) {
  const auto end = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(limit);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) Die("waited in vain for: " + what);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

std::string Canonical(const std::string& json) { return nlohmann::json::parse(json).dump(); }

std::map<std::string, std::string> IsoRecords(const std::string& file, const std::string& list,
                                              const std::string& key) {
  std::ifstream in("/usr/share/iso-codes/json/" + file);
  const nlohmann::json lists = nlohmann::json::parse(in);
  std::map<std::string, std::string> records;
  for (const auto& item : lists.at(list)) records[item.at(key).get<std::string>()] = item.dump();
  return records;
}

Stack::Stack(StackOptions options)
    : options_(std::move(options)), database_url_(TestCluster::Get().NewDatabase()) {
  std::string pattern = (std::filesystem::temp_directory_path() / "syncline-e2e-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) Die("mkdtemp failed");
  directory_ = pattern;
  db_ = OpenOrDie(database_url_);
  auto sample = sample_api::ApiServer::Start({});
  if (!sample.ok()) Die(sample.status().ToString());
  sample_ = std::move(sample).value();
  for (int i = 0; i < options_.schedulers; ++i) StartScheduler();
  for (int i = 0; i < options_.executors; ++i) StartExecutor();
  for (const auto& program : schedulers_) AwaitReady(*program);
  for (const auto& program : executors_) AwaitReady(*program);
  auto channel =
      grpc::CreateCustomChannel(fmt::format("127.0.0.1:{}", schedulers_.at(0)->port),
                                grpc::InsecureChannelCredentials(), rpc::ClientArguments());
  integrations_ = v1::IntegrationService::NewStub(channel);
  syncs_ = v1::SyncService::NewStub(channel);
  diagnostics_ = v1::DiagnosticsService::NewStub(channel);
}

Stack::~Stack() {
  executors_.clear();
  schedulers_.clear();
  sample_->Stop();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

std::map<std::string, std::string> Stack::Environment() const {
  return {{"DATABASE_URL", database_url_},
          {"SYNC_ENCRYPTION_KEYS", kTestKeys},
          {"SYNC_ALLOW_PRIVATE_NETWORKS", "127.0.0.1/32"},
          {"LOG_LEVEL", "debug"},
          {"SYNC_DRAIN_GRACE", "1s"}};
}

std::unique_ptr<Program> Stack::LaunchScheduler(int port) const {
  const int http_port = FreePort();
  const std::string log = fmt::format("{}/scheduler-{}.log", directory_, port);
  auto environment = Environment();
  environment["SYNC_LISTEN"] = fmt::format("127.0.0.1:{}", port);
  environment["SYNC_HTTP_LISTEN"] = fmt::format("127.0.0.1:{}", http_port);
  environment["SYNC_LEASE"] = options_.lease;
  return std::make_unique<Program>(Program{ChildProcess({.command = {SYNC_SCHEDULER_BINARY},
                                                         .environment = environment,
                                                         .log_file = log,
                                                         .run_as = {}}),
                                           port, http_port, log});
}

Program& Stack::StartScheduler() {
  schedulers_.push_back(LaunchScheduler(FreePort()));
  return *schedulers_.back();
}

void Stack::RestartScheduler(int port) {
  schedulers_.at(0) = LaunchScheduler(port);
  AwaitReady(*schedulers_[0]);
}

Program& Stack::StartExecutor() {
  const int http_port = FreePort();
  const std::string log = fmt::format("{}/executor-{}.log", directory_, http_port);
  auto environment = Environment();
  environment["SYNC_SCHEDULER_ADDRESS"] = fmt::format("127.0.0.1:{}", schedulers_.at(0)->port);
  environment["SYNC_HTTP_LISTEN"] = fmt::format("127.0.0.1:{}", http_port);
  environment["SYNC_SLOTS"] = std::to_string(options_.slots);
  environment["SYNC_EXECUTOR_NAME"] = fmt::format("executor-{}", executors_.size() + 1);
  executors_.push_back(
      std::make_unique<Program>(Program{ChildProcess({.command = {SYNC_EXECUTOR_BINARY},
                                                      .environment = environment,
                                                      .log_file = log,
                                                      .run_as = {}}),
                                        0, http_port, log}));
  return *executors_.back();
}

void Stack::AwaitReady(const Program& program) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (true) {
    httplib::Client client("127.0.0.1", program.http_port);
    const auto answer = client.Get("/readyz");
    if (answer && answer->status == 200) return;
    if (std::chrono::steady_clock::now() > end)
      Die("a program is not ready; its log ends:\n" + Tail(program.log_file));
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

std::string Stack::Create(const std::string& name, const std::string& config_json,
                          std::int64_t interval_seconds) {
  v1::CreateIntegrationRequest request;
  auto& integration = *request.mutable_integration();
  integration.set_name(name);
  integration.set_type(v1::REST);
  if (!google::protobuf::util::JsonStringToMessage(config_json, integration.mutable_config()).ok())
    Die("bad JSON: " + config_json);
  (*integration.mutable_config()->mutable_fields())["baseUrl"].set_string_value(sample_url());
  integration.mutable_sync_settings()->mutable_sync_interval()->set_seconds(interval_seconds);
  grpc::ClientContext context;
  v1::Integration created;
  CheckCall(integrations_->CreateIntegration(&context, request, &created), "create " + name);
  return created.id();
}

std::string Stack::CreateSample(const std::string& name) {
  for (const v1::Integration& sample : dev_client::Samples(sample_url())) {
    if (sample.external_id() != dev_client::kSamplePrefix + name) continue;
    v1::CreateIntegrationRequest request;
    *request.mutable_integration() = sample;
    grpc::ClientContext context;
    v1::Integration created;
    CheckCall(integrations_->CreateIntegration(&context, request, &created),
              "create sample " + name);
    return created.id();
  }
  Die("no sample " + name);
}

v1::TriggerSyncResponse Stack::Trigger(const std::string& integration_id, bool after_current) {
  v1::TriggerSyncRequest request;
  request.set_integration_id(integration_id);
  request.set_after_current(after_current);
  grpc::ClientContext context;
  v1::TriggerSyncResponse response;
  CheckCall(syncs_->TriggerSync(&context, request, &response), "trigger");
  return response;
}

v1::SyncLog Stack::AwaitRun(const std::string& integration_id, const std::string& run_id) {
  v1::SyncLog last;
  AwaitOrDie("the end of run " + run_id, [&] {
    v1::ListSyncLogsRequest request;
    request.set_integration_id(integration_id);
    request.set_run_id(run_id);
    grpc::ClientContext context;
    v1::ListSyncLogsResponse logs;
    CheckCall(syncs_->ListSyncLogs(&context, request, &logs), "list logs");
    if (logs.sync_logs_size() == 0) return false;
    last = logs.sync_logs(0);
    return last.status() == v1::SUCCESS || last.status() == v1::FAILED;
  });
  return last;
}

v1::SyncLog Stack::SyncNow(const std::string& integration_id) {
  return AwaitRun(integration_id, Trigger(integration_id).run_id());
}

v1::SyncLog Stack::AwaitLogs(const std::string& integration_id, int count) {
  v1::SyncLog newest;
  AwaitOrDie(fmt::format("{} ended SyncLogs", count), [&] {
    v1::ListSyncLogsRequest request;
    request.set_integration_id(integration_id);
    grpc::ClientContext context;
    v1::ListSyncLogsResponse logs;
    const grpc::Status status = syncs_->ListSyncLogs(&context, request, &logs);
    if (status.error_code() == grpc::StatusCode::UNAVAILABLE)
      return false;  // a scheduler was killed: asked again
    CheckCall(status, "list logs");
    int ended = 0;
    for (const v1::SyncLog& log : logs.sync_logs()) {
      if (log.status() != v1::SUCCESS && log.status() != v1::FAILED) continue;
      if (++ended == 1) newest = log;
    }
    return ended >= count;
  });
  return newest;
}

std::string Stack::Admin(const std::string& method, const std::string& path,
                         const std::string& body) {
  httplib::Client client(sample_url());
  httplib::Request request;
  request.method = method;
  request.path = "/admin" + path;
  request.body = body;
  request.set_header("Content-Type", "application/json");
  const auto answer = client.send(request);
  if (!answer || answer->status >= 300)
    Die("sample API refused " + method + " " + path + ": " + (answer ? answer->body : "no answer"));
  return answer->body;
}

std::map<std::string, std::string> Stack::Records(const std::string& integration_id,
                                                  const std::string& stream) {
  std::map<std::string, std::string> records;
  const auto rows = QueryOrDie(*db_,
                               "SELECT key, data::text AS data FROM syncline.records WHERE "
                               "deleted_at IS NULL AND integration_id = '" +
                                   integration_id + "' AND stream = '" + stream + "'");
  for (const postgres::Row row : rows) records[row.String("key")] = Canonical(row.String("data"));
  return records;
}

}  // namespace syncline::testing
