// Rule 11: nobody gets in unasked. Every method that a port which is not loopback has, found by
// asking the port itself.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/unknown_field_set.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "common/auth/scratch_file.h"
#include "common/auth/token_list.h"
#include "common/base/clock.h"
#include "common/base/errors.h"
#include "common/rpc/channel.h"
#include "common/rpc/status_conversion.h"
#include "tests/e2e/stack.h"

namespace syncline::testing {
namespace {

using ::google::protobuf::UnknownFieldSet;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kReflection[] = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
constexpr char kHealthService[] = "grpc.health.v1.Health";
constexpr char kHealthCheck[] = "/grpc.health.v1.Health/Check";

struct Answer {
  std::string message;  // the first one
  bool answered = false;
  absl::Status status;
};

// Calls any method with one message and takes one.
Answer Call(const std::string& target, const std::string& method, const std::string& token,
            const std::string& message = "") {
  grpc::GenericStub stub(rpc::MakeChannel(target, {}));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  context.set_wait_for_ready(true);
  if (!token.empty()) context.AddMetadata("authorization", "Bearer " + token);
  grpc::CompletionQueue queue;
  const auto done = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  const auto call = stub.PrepareCall(&context, method, &queue);
  call->StartCall(nullptr);
  done();
  const grpc::Slice slice(message);
  call->WriteLast(grpc::ByteBuffer(&slice, 1), grpc::WriteOptions(), nullptr);
  done();
  Answer answer;
  grpc::ByteBuffer response;
  call->Read(&response, nullptr);
  answer.answered = done();
  if (answer.answered) {
    grpc::Slice bytes;
    EXPECT_TRUE(response.DumpToSingleSlice(&bytes).ok());
    answer.message.assign(bytes.begin(), bytes.end());
    context.TryCancel();  // a stream may have more to say
  }
  grpc::Status status;
  call->Finish(&status, nullptr);
  done();
  answer.status = rpc::FromGrpc(status);
  return answer;
}

// The values of a field of bytes in an encoded message, whatever message it is.
std::vector<std::string> BytesOf(const std::string& encoded, int field) {
  UnknownFieldSet fields;
  EXPECT_TRUE(fields.ParseFromString(encoded));
  std::vector<std::string> values;
  for (int i = 0; i < fields.field_count(); ++i) {
    if (fields.field(i).number() == field) values.push_back(fields.field(i).length_delimited());
  }
  return values;
}

// One question of grpc.reflection.v1alpha and the part of the answer that holds what was asked for.
std::vector<std::string> Reflect(const std::string& target, const std::string& token, int question,
                                 const std::string& name, int reply) {
  UnknownFieldSet request;
  request.AddLengthDelimited(question, name);
  std::string encoded;
  EXPECT_TRUE(request.SerializeToString(&encoded));
  const Answer answer = Call(target, kReflection, token, encoded);
  EXPECT_TRUE(answer.answered) << answer.status;
  std::vector<std::string> values;
  for (const std::string& part : BytesOf(answer.message, reply)) {
    for (const std::string& value : BytesOf(part, 1)) values.push_back(value);
  }
  return values;
}

std::vector<std::string> Services(const std::string& target, const std::string& token) {
  std::vector<std::string> names;
  for (const std::string& service : Reflect(target, token, 7, "", 6)) {
    for (const std::string& name : BytesOf(service, 1)) names.push_back(name);
  }
  return names;
}

// The paths of every method of every service that the port says it has.
std::vector<std::string> Methods(const std::string& target, const std::string& token) {
  std::vector<std::string> methods;
  for (const std::string& service : Services(target, token)) {
    if (service == kHealthService) {  // gRPC's own, which reflection lists and does not describe
      methods.push_back("/" + service + "/Check");
      methods.push_back("/" + service + "/Watch");
      continue;
    }
    std::size_t found = 0;
    for (const std::string& encoded : Reflect(target, token, 4, service, 4)) {
      google::protobuf::FileDescriptorProto file;
      EXPECT_TRUE(file.ParseFromString(encoded));
      for (const auto& candidate : file.service()) {
        if (file.package() + "." + candidate.name() != service) continue;
        for (const auto& method : candidate.method()) {
          methods.push_back("/" + service + "/" + method.name());
          ++found;
        }
      }
    }
    EXPECT_GT(found, 0) << service;
  }
  return methods;
}

// A scheduler on every address of the machine, with one token of each kind.
class TokensTest : public ::testing::Test {
 protected:
  TokensTest() {
    api_tokens_.Write(auth::TokenLine("backend", api_).value());
    executor_tokens_.Write(auth::TokenLine("fleet", executor_).value());
    shown_by_executor_.Write(executor_);
    shown_by_backend_.Write(api_);
    const int port = FreePort();
    target_ = "127.0.0.1:" + std::to_string(port);
    Program& scheduler = stack_.StartScheduler({{"SYNC_LISTEN", "0.0.0.0:" + std::to_string(port)},
                                                {"SYNC_API_TOKENS", api_tokens_.path()},
                                                {"SYNC_EXECUTOR_TOKENS", executor_tokens_.path()}});
    scheduler.port = port;
    stack_.AwaitReady(scheduler);
    stack_.CallThrough(rpc::MakeChannel(
        target_, {.token = auth::BearerToken::Open(shown_by_backend_.path(), &clock_).value()}));
  }

  std::string Logs() {
    std::stringstream text;
    for (const auto& program : stack_.schedulers())
      text << std::ifstream(program->log_file).rdbuf();
    for (const auto& program : stack_.executors()) text << std::ifstream(program->log_file).rdbuf();
    return text.str();
  }

  const SteadyClock clock_;
  const std::string api_ = auth::NewToken();
  const std::string executor_ = auth::NewToken();
  auth::ScratchFile api_tokens_, executor_tokens_, shown_by_executor_, shown_by_backend_;
  Stack stack_{{.schedulers = 0, .executors = 0}};
  std::string target_;
};

TEST_F(TokensTest, NoMethodAnswersWithoutItsKindOfToken) {
  const std::vector<std::string> methods = Methods(target_, api_);
  for (const char* known :
       {"/syncline.v1.IntegrationService/DeleteIntegration", "/syncline.v1.SyncService/WatchSyncs",
        "/syncline.v1.DiagnosticsService/ListExecutors",
        "/syncline.internal.v1.ExecutorService/StreamAssignments", kReflection, kHealthCheck,
        "/grpc.channelz.v1.Channelz/GetServers"}) {
    ASSERT_THAT(methods, Contains(known));
  }
  std::vector<std::string> open;
  for (const std::string& method : methods) {
    SCOPED_TRACE(method);
    const bool internal = method.find("/syncline.internal.") == 0;
    const struct {
      const char* what;
      std::string token;
      const char* reason;
    } cases[] = {{"no token", "", "MISSING_TOKEN"},
                 {"a wrong token", auth::NewToken(), "INVALID_TOKEN"},
                 {"the other kind's token", internal ? api_ : executor_, "INVALID_TOKEN"},
                 {"a token's hash", auth::TokenLine("x", api_).value().substr(9), "INVALID_TOKEN"}};
    for (const auto& c : cases) {
      const Answer answer = Call(target_, method, c.token);
      if (answer.answered) {
        open.push_back(method + " with " + c.what);
        continue;
      }
      EXPECT_EQ(answer.status.code(), absl::StatusCode::kUnauthenticated)
          << c.what << ": " << answer.status;
      EXPECT_EQ(ReasonOf(answer.status), c.reason) << c.what;
    }
    const Answer right = Call(target_, method, internal ? executor_ : api_);
    EXPECT_NE(right.status.code(), absl::StatusCode::kUnauthenticated) << right.status;
    EXPECT_NE(right.status.code(), absl::StatusCode::kDeadlineExceeded) << right.status;
  }
  EXPECT_THAT(open, ElementsAre(std::string(kHealthCheck) + " with no token",
                                std::string(kHealthCheck) + " with a wrong token",
                                std::string(kHealthCheck) + " with the other kind's token",
                                std::string(kHealthCheck) + " with a token's hash"));
  EXPECT_EQ(Call(target_, "/no.Such/Thing", "").status.code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(Call(target_, "/no.Such/Thing", api_).status.code(), absl::StatusCode::kUnimplemented);
}

TEST_F(TokensTest, AnExecutorIsLetInOnceItsFileHoldsItsToken) {
  shown_by_executor_.Write(api_);  // the wrong kind
  stack_.StartExecutor({{"SYNC_EXECUTOR_TOKEN_FILE", shown_by_executor_.path()}}, target_);
  AwaitOrDie("the executor to be refused",
             [&] { return Logs().find("INVALID_TOKEN") != std::string::npos; });
  shown_by_executor_.Write(executor_);
  const std::string id = stack_.CreateSample("countries");
  const v1::SyncLog log = stack_.SyncNow(id);
  EXPECT_EQ(log.status(), v1::SUCCESS) << log.error_message();
  const std::string logs = Logs();
  EXPECT_THAT(logs, HasSubstr("backend"));  // who created and triggered
  for (const std::string& token : {api_, executor_}) EXPECT_THAT(logs, Not(HasSubstr(token)));
}

}  // namespace
}  // namespace syncline::testing
