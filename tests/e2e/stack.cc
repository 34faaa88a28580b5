#include "tests/e2e/stack.h"

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

}  // namespace

void AwaitOrDie(const std::string& what, const std::function<bool()>& condition,
                absl::Duration limit) {
  const auto end = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(limit);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) Die("waited in vain for: " + what);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

int CountLines(const std::string& file, const std::string& text) {
  std::ifstream in(file);
  int count = 0;
  for (std::string line; std::getline(in, line);) {
    if (line.find(text) != std::string::npos) ++count;
  }
  return count;
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

Stack::Stack(StackOptions options) : options_(std::move(options)) {
  TestCluster& cluster = options_.cluster != nullptr ? *options_.cluster : TestCluster::Get();
  database_url_ = direct_url_ =
      options_.database_url.empty() ? cluster.NewDatabase() : options_.database_url;
  if (options_.database_port != 0) {
    const std::size_t port = direct_url_.rfind(':');
    database_url_.replace(port + 1, direct_url_.find('/', port) - port - 1,
                          std::to_string(options_.database_port));
  }
  std::string pattern = (std::filesystem::temp_directory_path() / "syncline-e2e-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) Die("mkdtemp failed");
  directory_ = pattern;
  ReopenDatabase();
  auto sample = sample_api::ApiServer::Start({});
  if (!sample.ok()) Die(sample.status().ToString());
  sample_ = std::move(sample).value();
  for (int i = 0; i < options_.schedulers; ++i) StartScheduler();
  for (int i = 0; i < options_.executors; ++i) StartExecutor();
  for (const auto& program : schedulers_) AwaitReady(*program);
  for (const auto& program : executors_) AwaitReady(*program);
}

Stack::~Stack() {
  gateways_.clear();
  executors_.clear();
  schedulers_.clear();
  sample_->Stop();
  std::error_code ignored;
  if (!keep_logs_) std::filesystem::remove_all(directory_, ignored);
}

Environment Stack::BaseEnvironment() const {
  Environment environment = {{"DATABASE_URL", database_url_},
                             {"SYNC_ENCRYPTION_KEYS", kTestKeys},
                             {"SYNC_ALLOW_PRIVATE_NETWORKS", "127.0.0.1/32"},
                             {"LOG_LEVEL", "debug"},
                             {"SYNC_DRAIN_GRACE", "1s"}};
  for (const auto& [key, value] : options_.environment) environment[key] = value;
  return environment;
}

ChildProcess Stack::Launch(const Program& program, const Environment& extra) {
  Environment environment = program.environment;
  for (const auto& [key, value] : extra) environment[key] = value;
  return ChildProcess({.command = {program.binary},
                       .environment = std::move(environment),
                       .log_file = program.log_file,
                       .run_as = {}});
}

Program& Stack::StartScheduler(const Environment& extra) {
  auto program = std::make_unique<Program>();
  program->port = FreePort();
  program->http_port = FreePort();
  program->log_file = fmt::format("{}/scheduler-{}.log", directory_, program->port);
  program->binary = SYNC_SCHEDULER_BINARY;
  program->environment = BaseEnvironment();
  program->environment["SYNC_LISTEN"] = fmt::format("127.0.0.1:{}", program->port);
  program->environment["SYNC_HTTP_LISTEN"] = fmt::format("127.0.0.1:{}", program->http_port);
  program->environment["SYNC_LEASE"] = options_.lease;
  program->process = Launch(*program, extra);
  schedulers_.push_back(std::move(program));
  if (schedulers_.size() == 1) CallThrough(ChannelTo(*schedulers_[0]));
  return *schedulers_.back();
}

void Stack::CallThrough(const std::shared_ptr<grpc::Channel>& channel) {
  integrations_ = v1::IntegrationService::NewStub(channel);
  syncs_ = v1::SyncService::NewStub(channel);
  diagnostics_ = v1::DiagnosticsService::NewStub(channel);
}

Program& Stack::StartExecutor(const Environment& extra, const std::string& addresses) {
  auto program = std::make_unique<Program>();
  program->http_port = FreePort();
  program->log_file = fmt::format("{}/executor-{}.log", directory_, program->http_port);
  program->binary = options_.executor_binary;
  program->environment = BaseEnvironment();
  program->environment["SYNC_SCHEDULER_ADDRESS"] =
      addresses.empty() ? fmt::format("127.0.0.1:{}", schedulers_.at(0)->port) : addresses;
  program->environment["SYNC_HTTP_LISTEN"] = fmt::format("127.0.0.1:{}", program->http_port);
  program->environment["SYNC_SLOTS"] = std::to_string(options_.slots);
  program->environment["SYNC_EXECUTOR_NAME"] = fmt::format("executor-{}", executors_.size() + 1);
  program->process = Launch(*program, extra);
  executors_.push_back(std::move(program));
  return *executors_.back();
}

Program& Stack::StartGateway(const Environment& extra, const std::string& addresses) {
  auto program = std::make_unique<Program>();
  program->http_port = FreePort();
  program->log_file = fmt::format("{}/gateway-{}.log", directory_, program->http_port);
  program->binary = SYNC_GATEWAY_BINARY;
  program->environment = BaseEnvironment();
  program->environment["SYNC_SCHEDULER_ADDRESS"] =
      addresses.empty() ? SchedulerAddresses() : addresses;
  program->environment["SYNC_HTTP_LISTEN"] = fmt::format("127.0.0.1:{}", program->http_port);
  for (const auto& [key, value] : extra) program->environment[key] = value;
  program->process = Launch(*program, {});
  gateways_.push_back(std::move(program));
  return *gateways_.back();
}

void Stack::Restart(Program& program) { program.process = Launch(program, {}); }

std::string Stack::SchedulerAddresses() const {
  std::string addresses;
  for (const auto& scheduler : schedulers_)
    addresses += fmt::format("{}127.0.0.1:{}", addresses.empty() ? "" : ",", scheduler->port);
  return addresses;
}

std::shared_ptr<grpc::Channel> Stack::ChannelTo(const Program& scheduler) {
  return grpc::CreateCustomChannel(fmt::format("127.0.0.1:{}", scheduler.port),
                                   grpc::InsecureChannelCredentials(), rpc::ClientArguments());
}

void Stack::AwaitReady(const Program& program) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (true) {
    if (ReadyStatus(program) == 200) return;
    if (std::chrono::steady_clock::now() > end)
      Die("a program is not ready; its log ends:\n" + Tail(program.log_file));
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

int Stack::ReadyStatus(const Program& program) {
  const bool tls = program.environment.count("SYNC_TLS_CERT") > 0;
  httplib::Client client(
      fmt::format("{}://127.0.0.1:{}", tls ? "https" : "http", program.http_port));
  client.enable_server_certificate_verification(false);  // whether it is ready is no secret
  const auto answer = client.Get("/readyz");
  return answer ? answer->status : 0;
}

double Stack::Metric(const Program& program, const std::string& series) {
  httplib::Client client("127.0.0.1", program.http_port);
  const auto answer = client.Get("/metrics");
  if (!answer) Die("no metrics");
  std::istringstream lines(answer->body);
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind(series + " ", 0) == 0) return std::stod(line.substr(series.size() + 1));
  }
  return 0;
}

}  // namespace syncline::testing
