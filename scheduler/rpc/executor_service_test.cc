// The executors' port itself: who may speak as which process.
#include "scheduler/rpc/executor_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>

#include "common/base/errors.h"
#include "common/base/ids.h"
#include "common/crypto/process_identity.h"
#include "common/rpc/channel.h"
#include "common/rpc/server.h"
#include "common/rpc/status_conversion.h"

namespace syncline::scheduler {
namespace {

using internal::v1::ReportCheckRequest;
using internal::v1::ReportCheckResponse;
using internal::v1::ReportRequest;
using internal::v1::ReportResponse;
using internal::v1::StreamAssignmentsRequest;
using internal::v1::StreamAssignmentsResponse;

// Takes whatever the service lets through.
class CountingSink final : public ReportSink {
 public:
  void Submit(ReportRequest, Done done) override {
    ++taken;
    done(absl::OkStatus(), {});
  }
  std::atomic<int> taken = 0;
};

// A call that ends by itself.
struct Context : grpc::ClientContext {
  Context() { set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20)); }
};

class ExecutorServiceTest : public ::testing::Test {
 public:
  ~ExecutorServiceTest() override { server_->Shutdown(absl::ZeroDuration()); }

 protected:
  template <typename Request>
  static Request Of(const std::string& id, std::string_view secret) {
    Request request;
    request.set_process_id(id);
    request.set_process_secret(secret.data(), secret.size());
    return request;
  }
  StreamAssignmentsRequest Hello(const std::string& id, std::string_view secret) {
    auto hello = Of<StreamAssignmentsRequest>(id, secret);
    hello.set_slots(4);
    hello.add_connector_types("REST");
    return hello;
  }
  // What became of a stream that should be refused.
  absl::Status Open(const std::string& id, std::string_view secret) {
    Context context;
    const auto stream = stub_->StreamAssignments(&context, Hello(id, secret));
    StreamAssignmentsResponse message;
    if (stream->Read(&message)) {
      ADD_FAILURE() << "it was told something";
      context.TryCancel();
    }
    return rpc::FromGrpc(stream->Finish());
  }
  absl::Status Report(const std::string& id, std::string_view secret) {
    auto request = Of<ReportRequest>(id, secret);
    auto& run = *request.add_reports();
    run.set_integration_id(NewRandomUuid());
    run.set_log_id(NewRandomUuid());
    run.set_fence(fence_);
    run.mutable_returned();
    Context context;
    ReportResponse response;
    return rpc::FromGrpc(stub_->Report(&context, request, &response));
  }
  absl::Status ReportCheck(const std::string& id, std::string_view secret) {
    auto request = Of<ReportCheckRequest>(id, secret);
    request.set_check_id(check_);
    request.mutable_page();
    Context context;
    ReportCheckResponse response;
    return rpc::FromGrpc(stub_->ReportCheck(&context, request, &response));
  }

  const crypto::ProcessIdentity holder_ = crypto::NewProcessIdentity().value();
  const std::string fence_ = NewRandomUuid();
  const std::string check_ = NewRandomUuid();
  WorkerPool workers_{1, 100};
  ExecutorRegistry registry_{[] {}};
  CheckDesk checks_{&registry_};
  CountingSink reports_;
  ExecutorService service_{{.scheduler_id = NewRandomUuid(),
                            .lease = absl::Seconds(30),
                            .connection_age = absl::Minutes(1),
                            .on_hello = [](const auto&) { return true; },
                            .checks = &checks_},
                           &workers_,
                           &registry_,
                           &reports_};
  std::unique_ptr<rpc::Server> server_ =
      rpc::Server::Start({.address = "127.0.0.1:0"}, {&service_}).value();
  std::unique_ptr<internal::v1::ExecutorService::Stub> stub_ =
      internal::v1::ExecutorService::NewStub(
          rpc::MakeChannel("127.0.0.1:" + std::to_string(server_->port()), {}));
};

TEST_F(ExecutorServiceTest, WhoKnowsAnIdAndAFenceButNotTheSecretIsRefused) {
  Context context;
  const auto stream =
      stub_->StreamAssignments(&context, Hello(holder_.id, holder_.secret.Reveal()));
  StreamAssignmentsResponse message;
  ASSERT_TRUE(stream->Read(&message));
  ASSERT_TRUE(message.has_welcome());
  std::atomic<int> answered = 0;
  internal::v1::Check check;
  check.set_check_id(check_);
  check.set_type("REST");
  ASSERT_TRUE(checks_.Send(check, [&](const CheckDesk::Result&) { ++answered; }).ok());

  const crypto::ProcessIdentity thief = crypto::NewProcessIdentity().value();
  const struct {
    const char* name;
    std::string_view secret;
  } cases[] = {
      {"none, as an older release", ""},
      {"one's own", thief.secret.Reveal()},
      {"the id", holder_.id},
      {"a part", holder_.secret.Reveal().substr(1)},
  };
  for (const auto& c : cases) {
    for (const absl::Status& refusal : {Open(holder_.id, c.secret), Report(holder_.id, c.secret),
                                        ReportCheck(holder_.id, c.secret)}) {
      EXPECT_EQ(refusal.code(), absl::StatusCode::kPermissionDenied) << c.name;
      EXPECT_EQ(ReasonOf(refusal), "NOT_THAT_PROCESS") << c.name;
    }
  }
  EXPECT_EQ(reports_.taken, 0);
  EXPECT_EQ(answered, 0);
  EXPECT_EQ(registry_.connected(), 1);

  // The holder has lost nothing.
  internal::v1::Assignment run;
  run.set_fence(fence_);
  ASSERT_TRUE(registry_.Assign(holder_.id, run));
  ASSERT_TRUE(stream->Read(&message));
  EXPECT_TRUE(message.has_check());
  ASSERT_TRUE(stream->Read(&message));
  EXPECT_EQ(message.assignment().fence(), fence_);
  EXPECT_TRUE(Report(holder_.id, holder_.secret.Reveal()).ok());
  EXPECT_EQ(reports_.taken, 1);
  EXPECT_TRUE(ReportCheck(holder_.id, holder_.secret.Reveal()).ok());
  EXPECT_EQ(answered, 1);
  context.TryCancel();
  stream->Finish();
}

}  // namespace
}  // namespace syncline::scheduler
