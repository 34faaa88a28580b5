// console-stack: a whole Syncline with its gateway and console, for the browser tests and the
// screenshots. Prints one line of JSON with its addresses, and runs until its input ends.
#include <fmt/format.h>
#include <httplib.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "tests/browser/test_gateway.h"
#include "tests/e2e/stack.h"

namespace {

using syncline::testing::Stack;
using syncline::testing::TestGateway;

// Lets a test stop and start the gateway: POST /gateway/kill and /gateway/start.
class Control {
 public:
  // `gateway` outlives this object.
  explicit Control(TestGateway& gateway) {
    server_.Post("/gateway/kill", [&](const httplib::Request&, httplib::Response& response) {
      gateway.Kill();
      response.status = 204;
    });
    server_.Post("/gateway/start", [&](const httplib::Request&, httplib::Response& response) {
      gateway.Start();
      response.status = 204;
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
  std::string console_dir;
  std::string tokens;
  CLI::App app("Runs a Syncline with its console for browser tests, until its input ends");
  app.add_option("--console", console_dir, "folder of the built console")->required();
  app.add_option("--tokens", tokens, "token file of a second gateway, which asks for tokens")
      ->required();
  CLI11_PARSE(app, argc, argv);

  Stack stack({.executors = 2, .slots = 16});
  TestGateway open_gateway(stack, {{"SYNC_CONSOLE_DIR", console_dir}});
  TestGateway guarded_gateway(stack,
                              {{"SYNC_CONSOLE_DIR", console_dir}, {"SYNC_API_TOKENS", tokens}});
  const Control control(open_gateway);
  const nlohmann::json addresses = {{"url", open_gateway.url()},
                                    {"guardedUrl", guarded_gateway.url()},
                                    {"controlUrl", control.url()},
                                    {"sampleUrl", stack.sample_url()},
                                    {"databaseUrl", stack.database_url()}};
  fmt::print("{}\n", addresses.dump());
  std::fflush(stdout);
  AwaitEndOfInput();
}
