#include "tests/browser/test_gateway.h"

#include <fmt/format.h>

namespace syncline::testing {

TestGateway::TestGateway(const Stack& stack, const Environment& environment) {
  program_.http_port = FreePort();
  program_.binary = SYNC_GATEWAY_BINARY;
  program_.log_file = fmt::format("{}/gateway-{}.log", stack.directory(), program_.http_port);
  program_.environment = environment;
  program_.environment["SYNC_HTTP_LISTEN"] = fmt::format("127.0.0.1:{}", program_.http_port);
  program_.environment["SYNC_SCHEDULER_ADDRESS"] = stack.SchedulerAddresses();
  Start();
}

void TestGateway::Kill() { program_.process.Kill(); }

void TestGateway::Start() {
  program_.process = ChildProcess({.command = {program_.binary},
                                   .environment = program_.environment,
                                   .log_file = program_.log_file,
                                   .run_as = {}});
  AwaitOrDie("the gateway to be ready", [&] { return Stack::ReadyStatus(program_) == 200; });
}

std::string TestGateway::url() const {
  return fmt::format("http://127.0.0.1:{}", program_.http_port);
}

}  // namespace syncline::testing
