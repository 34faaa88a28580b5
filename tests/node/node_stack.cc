// node-stack: a whole Syncline with two schedulers that ask for tokens, for the tests in
// examples/backend-node. Prints one line of JSON with its addresses, and runs until its input ends.
#include <fmt/format.h>
#include <httplib.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "tests/e2e/stack.h"

namespace {

using syncline::testing::Program;
using syncline::testing::Stack;
using syncline::testing::TestCluster;

// What the tests change: POST /schedulers/kill and /schedulers/start, all of them; POST /databases,
// which answers with the URL of a new one, migrated and empty.
class Control {
 public:
  // `stack` outlives this object.
  explicit Control(Stack& stack) {
    server_.Post("/schedulers/kill", [&](const httplib::Request&, httplib::Response& response) {
      const std::lock_guard lock(mutex_);
      for (const auto& scheduler : stack.schedulers()) scheduler->process.Kill();
      response.status = 204;
    });
    server_.Post("/schedulers/start", [&](const httplib::Request&, httplib::Response& response) {
      const std::lock_guard lock(mutex_);
      for (const auto& scheduler : stack.schedulers()) stack.Restart(*scheduler);
      for (const auto& scheduler : stack.schedulers()) stack.AwaitReady(*scheduler);
      response.status = 204;
    });
    server_.Post("/databases", [&](const httplib::Request&, httplib::Response& response) {
      const std::lock_guard lock(mutex_);
      response.set_content(TestCluster::Get().NewDatabase(), "text/plain");
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
  }
  ~Control() {
    server_.stop();
    thread_.join();
  }
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;

  std::string url() const { return fmt::format("http://127.0.0.1:{}", port_); }

 private:
  std::mutex mutex_;
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
};

void AwaitEndOfInput() {
  while (std::getchar() != EOF) {
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::string tokens;
  CLI::App app("Runs a Syncline for the tests of the backend example, until its input ends");
  app.add_option("--tokens", tokens, "file of the tokens that the schedulers ask for")->required();
  CLI11_PARSE(app, argc, argv);

  Stack stack({.schedulers = 2, .executors = 0, .environment = {{"SYNC_API_TOKENS", tokens}}});
  const Program& executor = stack.StartExecutor({}, stack.SchedulerAddresses());
  stack.AwaitReady(executor);
  const Control control(stack);
  const nlohmann::json addresses = {{"schedulers", stack.SchedulerAddresses()},
                                    {"databaseUrl", stack.database_url()},
                                    {"sampleUrl", stack.sample_url()},
                                    {"controlUrl", control.url()}};
  fmt::print("{}\n", addresses.dump());
  std::fflush(stdout);
  AwaitEndOfInput();
}
