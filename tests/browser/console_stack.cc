// console-stack: a whole Syncline with its console on two gateways, for the browser tests and the
// screenshots. The second gateway asks for tokens. See tests/e2e/stack_program.h.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <string>

#include "common/auth/scratch_file.h"
#include "common/auth/token_list.h"
#include "tests/e2e/stack.h"
#include "tests/e2e/stack_program.h"

namespace {

using syncline::testing::Program;
using syncline::testing::Stack;

std::string UrlOf(const Program& gateway) {
  return fmt::format("http://127.0.0.1:{}", gateway.http_port);
}

}  // namespace

int main(int argc, char** argv) {
  std::string console_dir;
  CLI::App app("Runs a Syncline with its console for browser tests, until its input ends");
  app.add_option("--console", console_dir, "folder of the built console")->required();
  CLI11_PARSE(app, argc, argv);

  const std::string token = syncline::auth::NewToken();
  const syncline::auth::ScratchFile tokens;
  tokens.Write(syncline::auth::TokenLine("browser", token).value());
  Stack stack({.executors = 2, .slots = 16});
  Program& open = stack.StartGateway({{"SYNC_CONSOLE_DIR", console_dir}});
  const Program& guarded =
      stack.StartGateway({{"SYNC_CONSOLE_DIR", console_dir}, {"SYNC_API_TOKENS", tokens.path()}});
  for (const auto& gateway : stack.gateways()) stack.AwaitReady(*gateway);
  const auto kill = [&] {
    open.process.Kill();
    return std::string();
  };
  const auto start = [&] {
    stack.Restart(open);
    stack.AwaitReady(open);
    return std::string();
  };
  syncline::testing::ServeStack({{"url", UrlOf(open)},
                                 {"guardedUrl", UrlOf(guarded)},
                                 {"token", token},
                                 {"sampleUrl", stack.sample_url()},
                                 {"databaseUrl", stack.database_url()}},
                                {{"/gateway/kill", kill}, {"/gateway/start", start}});
}
