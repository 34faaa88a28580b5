// The programs as containers run them: TLS on every port, tokens of both kinds, and database roles
// that may do no more than each program needs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "common/auth/bearer_token.h"
#include "common/auth/scratch_file.h"
#include "common/auth/token_list.h"
#include "common/base/clock.h"
#include "common/base/errors.h"
#include "common/crypto/process_identity.h"
#include "common/rpc/channel.h"
#include "common/rpc/status_conversion.h"
#include "syncline/internal/v1/executor_service.grpc.pb.h"
#include "tests/e2e/stack.h"
#include "tests/support/test_authority.h"

namespace syncline::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

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
    stack_.CallThrough(ChannelTo(scheduler, api_shown_));
    return scheduler;
  }
  // A channel of somebody who has the token in this file.
  std::shared_ptr<grpc::Channel> ChannelTo(const Program& scheduler,
                                           const auth::ScratchFile& token) {
    return rpc::MakeChannel(
        "127.0.0.1:" + std::to_string(scheduler.port),
        rpc::ChannelOptions{.token = auth::BearerToken::Open(token.path(), &clock_).value(),
                            .trusted_roots = authority_.pem()});
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
  // The libraries' words too: gRPC has some about a call without TLS.
  EXPECT_FALSE(httplib::Client("127.0.0.1", scheduler.port).Get("/"));
  AwaitOrDie("gRPC to say something",
             [&] { return CountLines(scheduler.log_file, R"("event":"gRPC")") > 0; });
  for (const Program* program : {&scheduler, &executor, &gateway}) {
    std::ifstream lines(program->log_file);
    for (std::string line; std::getline(lines, line) && !lines.eof();)
      EXPECT_TRUE(nlohmann::json::accept(line)) << program->log_file << ": " << line;
  }
  executor.process.Kill();
  const auto [status, said] = HealthCheck(executor);
  EXPECT_EQ(status, 1);
  EXPECT_THAT(said, HasSubstr("not ready: no answer"));
}

// Ids of processes are shown to people, and fences can be read by every executor's database role.
TEST_F(ClosedPorts, AnExecutorThatKnowsAnothersIdAndFenceCanDoNothingWithThem) {
  using internal::v1::Directive;
  Program& scheduler = StartScheduler();
  stack_.AwaitReady(scheduler);
  const Program& executor = StartExecutor(scheduler);
  stack_.AwaitReady(executor);
  stack_.Admin("POST", "/gates", R"({"path": "/all/countries"})");
  const std::string id = stack_.Create(
      "n",
      R"({"streams": [{"name": "countries", "path": "/all/countries", "records": "/data", "key": ["/alpha_2"]}]})",
      kFarAway);
  const auto claim = [&](const std::string& column) {
    const auto rows =
        QueryOrDie(stack_.db(), "SELECT (" + column + ")::text AS v FROM syncline.live");
    return rows.size() == 1 ? rows[0].String("v") : "none";
  };
  AwaitOrDie("the run", [&] { return claim("state") == "RUNNING"; });
  const char* const kWhole = "process_id, state, epoch, fence, attempt, log_id, page_seq";
  const std::string before = claim(kWhole);

  const auto thief = crypto::NewProcessIdentity().value();
  const auto stub = internal::v1::ExecutorService::NewStub(ChannelTo(scheduler, executor_shown_));
  const auto fail = [&](const std::string& process, std::string_view secret,
                        internal::v1::ReportResponse* response) {
    internal::v1::ReportRequest request;
    request.set_process_id(process);
    request.set_process_secret(secret.data(), secret.size());
    request.set_complete(true);
    auto& report = *request.add_reports();
    report.set_integration_id(id);
    report.set_log_id(claim("log_id"));
    report.set_fence(claim("fence"));
    report.mutable_finished()->set_status("FAILED");
    report.mutable_finished()->set_error_class("CONFIG");
    grpc::ClientContext context;
    return rpc::FromGrpc(stub->Report(&context, request, response));
  };
  internal::v1::ReportResponse response;
  for (const std::string_view secret : {std::string_view(), thief.secret.Reveal()}) {
    const absl::Status refused = fail(claim("process_id"), secret, &response);
    EXPECT_EQ(refused.code(), absl::StatusCode::kPermissionDenied) << refused;
    EXPECT_EQ(ReasonOf(refused), "NOT_THAT_PROCESS");

    internal::v1::StreamAssignmentsRequest hello;
    hello.set_process_id(claim("process_id"));
    hello.set_process_secret(secret.data(), secret.size());
    hello.set_slots(1000);
    hello.add_connector_types("REST");
    grpc::ClientContext context;
    const auto stream = stub->StreamAssignments(&context, hello);
    internal::v1::StreamAssignmentsResponse message;
    if (stream->Read(&message)) {
      ADD_FAILURE() << "the thief was told " << message.ShortDebugString();
      context.TryCancel();
    }
    EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::PERMISSION_DENIED);
  }
  // As the process that it is, it holds nothing.
  ASSERT_TRUE(fail(thief.id, thief.secret.Reveal(), &response).ok());
  ASSERT_THAT(response.directives(), SizeIs(1));
  EXPECT_EQ(response.directives(0).kind(), Directive::LEASE_LOST);
  EXPECT_EQ(claim(kWhole), before);

  stack_.Admin("POST", "/gates/release");
  const v1::SyncLog log = stack_.AwaitLogs(id, 1);
  EXPECT_EQ(log.status(), v1::SUCCESS) << log.error_message();
  EXPECT_EQ(log.attempt(), 1);
  EXPECT_EQ(log.counts().takeovers(), 0);
  EXPECT_EQ(CountLines(executor.log_file, "the stream to the scheduler ended"), 0);
  EXPECT_EQ(CountLines(executor.log_file, "connected to a scheduler"), 1);
  EXPECT_EQ(CountLines(scheduler.log_file, "executor refused"), 2);
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
