// The programs as containers run them: TLS on every port, tokens of both kinds, and database roles
// that may do no more than each program needs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <fstream>
#include <sstream>

#include "common/auth/bearer_token.h"
#include "common/auth/scratch_file.h"
#include "common/auth/token_list.h"
#include "common/base/clock.h"
#include "common/rpc/channel.h"
#include "tests/e2e/stack.h"
#include "tests/support/test_authority.h"

namespace syncline::testing {
namespace {

using ::testing::HasSubstr;

constexpr char kNames[] = "DNS:localhost,IP:127.0.0.1";

class ClosedPorts : public ::testing::Test {
 protected:
  ClosedPorts() {
    api_tokens_.Write(auth::TokenLine("backend", api_).value());
    executor_tokens_.Write(auth::TokenLine("fleet", executor_).value());
    api_shown_.Write(api_);
    executor_shown_.Write(executor_);
    std::stringstream roles;
    roles << std::ifstream(SYNCLINE_ROLES_SQL).rdbuf();
    EXPECT_TRUE(stack_.db().RunScript(roles.str()).ok());
  }

  // The settings of a program that may log in and act as `role` alone.
  Environment As(const std::string& role) {
    Environment environment;
    std::string url = stack_.database_url();
    environment["DATABASE_URL"] = url.replace(url.find("postgres@"), 8, LoginAs(stack_.db(), role));
    environment["SYNC_DATABASE_ROLE"] = role;
    return environment;
  }
  Program& StartScheduler() {
    Environment environment = As("syncline_scheduler");
    const int port = FreePort();
    environment["SYNC_LISTEN"] = "0.0.0.0:" + std::to_string(port);
    environment["SYNC_API_TOKENS"] = api_tokens_.path();
    environment["SYNC_EXECUTOR_TOKENS"] = executor_tokens_.path();
    Program& scheduler = stack_.StartScheduler(environment);
    scheduler.port = port;
    stack_.CallThrough(rpc::MakeChannel(
        "127.0.0.1:" + std::to_string(port),
        rpc::ChannelOptions{.token = auth::BearerToken::Open(api_shown_.path(), &clock_).value(),
                            .trusted_roots = authority_.pem()}));
    return scheduler;
  }
  Program& StartExecutor(const Program& scheduler, const Environment& extra = {}) {
    Environment environment = As("syncline_executor");
    environment["SYNC_EXECUTOR_TOKEN_FILE"] = executor_shown_.path();
    for (const auto& [key, value] : extra) environment[key] = value;
    return stack_.StartExecutor(environment, "127.0.0.1:" + std::to_string(scheduler.port));
  }

  const SteadyClock clock_;
  const TestAuthority authority_;
  const std::string api_ = auth::NewToken();
  const std::string executor_ = auth::NewToken();
  const CertificateFiles files_{authority_.Issue(kNames)};
  auth::ScratchFile api_tokens_, executor_tokens_, api_shown_, executor_shown_;
  Stack stack_{{.schedulers = 0,
                .executors = 0,
                .environment = {{"SYNC_TLS_CERT", files_.certificate()},
                                {"SYNC_TLS_KEY", files_.key()},
                                {"SYNC_TLS_CA", authority_.path()}}}};
};

// A program's answer to --health-check, with the settings that it runs with.
std::pair<std::optional<int>, std::string> HealthCheck(const Program& program) {
  const auth::ScratchFile said;
  ChildProcess child({.command = {program.binary, "--health-check"},
                      .environment = program.environment,
                      .log_file = said.path(),
                      .run_as = {}});
  const auto status = child.Wait(absl::Seconds(10));
  std::stringstream text;
  text << std::ifstream(said.path()).rdbuf();
  return {status, text.str()};
}

TEST_F(ClosedPorts, ASyncSucceedsWithEveryDoorClosed) {
  Program& scheduler = StartScheduler();
  stack_.AwaitReady(scheduler);
  Program& executor = StartExecutor(scheduler);
  stack_.AwaitReady(executor);
  Program& gateway = stack_.StartGateway(
      {{"SYNC_API_TOKENS", api_tokens_.path()},
       {"SYNC_API_TOKEN_FILE", api_shown_.path()},
       {"SYNC_SCHEDULER_ADDRESS", "127.0.0.1:" + std::to_string(scheduler.port)}});
  stack_.AwaitReady(gateway);

  const std::string id = stack_.CreateSample("countries");
  const v1::SyncLog log = stack_.SyncNow(id);
  EXPECT_EQ(log.status(), v1::SUCCESS) << log.error_message();
  EXPECT_GT(log.counts().created(), 200);

  httplib::SSLClient client("127.0.0.1", gateway.http_port);
  client.set_ca_cert_path(authority_.path().c_str());
  const httplib::Headers bearer = {{"Authorization", "Bearer " + api_}};
  const auto got = client.Get("/api/integrations/" + id, bearer);
  ASSERT_TRUE(got) << httplib::to_string(got.error());
  EXPECT_EQ(got->status, 200) << got->body;
  EXPECT_EQ(client.Get("/api/integrations")->status, 401);
  // Without TLS there is nothing to be had from any port.
  for (const int port : {scheduler.http_port, executor.http_port, gateway.http_port})
    EXPECT_FALSE(httplib::Client("127.0.0.1", port).Get("/readyz")) << port;

  for (const Program* program : {&scheduler, &executor, &gateway}) {
    const auto [status, said] = HealthCheck(*program);
    EXPECT_EQ(status, 0) << program->binary << ": " << said;
    EXPECT_EQ(said, "ready\n");
  }
  executor.process.Kill();
  const auto [status, said] = HealthCheck(executor);
  EXPECT_EQ(status, 1);
  EXPECT_THAT(said, HasSubstr("not ready: no answer"));
}

TEST_F(ClosedPorts, AnotherAuthoritysCertificateLetsNoExecutorIn) {
  Program& scheduler = StartScheduler();
  stack_.AwaitReady(scheduler);
  const TestAuthority another;
  const Program& executor = StartExecutor(scheduler, {{"SYNC_TLS_CA", another.path()}});
  AwaitOrDie("the executor to find nobody to trust",
             [&] { return CountLines(executor.log_file, "no scheduler answers") > 0; });
  EXPECT_NE(Stack::ReadyStatus(executor), 200);
}

TEST_F(ClosedPorts, ANewCertificateIsTakenUpWhileTheyRun) {
  Program& scheduler = StartScheduler();
  stack_.AwaitReady(scheduler);
  files_.Write(authority_.Issue(kNames));
  const auto lines = [&] {
    return CountLines(scheduler.log_file, "the certificate was read again");
  };
  AwaitOrDie("the new certificate to be read", [&] {
    Stack::ReadyStatus(scheduler);
    return lines() > 0;
  });
  Program& executor = StartExecutor(scheduler);
  stack_.AwaitReady(executor);
}

}  // namespace
}  // namespace syncline::testing
