#include "common/rpc/deferred_call.h"

#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "common/base/errors.h"
#include "common/rpc/server.h"
#include "common/rpc/status_conversion.h"
#include "syncline/v1/diagnostics_service.grpc.pb.h"

namespace syncline::rpc {
namespace {

// Hands each call to the test, which answers it when it likes.
class Service final : public v1::DiagnosticsService::CallbackService {
 public:
  struct Call {
    std::shared_ptr<DeferredCall> call;
    v1::QueueStats* response;
  };
  grpc::ServerUnaryReactor* GetQueueStats(grpc::CallbackServerContext*,
                                          const v1::GetQueueStatsRequest*,
                                          v1::QueueStats* response) override {
    auto call = DeferredCall::Make();
    DeferredCall* reactor = call.get();
    came.set_value({std::move(call), response});
    return reactor;
  }
  std::promise<Call> came;
};

class DeferredCallTest : public ::testing::Test {
 public:
  ~DeferredCallTest() override {
    Join();
    server_->Shutdown(absl::Seconds(1));
  }

 protected:
  DeferredCallTest()
      : server_(Server::Start({.address = "127.0.0.1:0"}, {&service_}).value()),
        stub_(v1::DiagnosticsService::NewStub(
            grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(server_->port()),
                                      grpc::InsecureChannelCredentials(), ClientArguments()))),
        client_([this] { status_ = stub_->GetQueueStats(&context_, {}, &stats_); }) {
    auto call = service_.came.get_future().get();
    call_ = call.call;
    response_ = call.response;
  }
  void Join() {
    if (client_.joinable()) client_.join();
  }
  absl::Status Seven() {
    response_->set_due(7);
    return absl::OkStatus();
  }

  Service service_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<v1::DiagnosticsService::Stub> stub_;
  grpc::ClientContext context_;
  v1::QueueStats stats_;
  grpc::Status status_;
  std::thread client_;
  std::shared_ptr<DeferredCall> call_;
  v1::QueueStats* response_ = nullptr;
};

const absl::Status kLate =
    ReasonError(absl::StatusCode::kDeadlineExceeded, "CHECK_TIMED_OUT", "no answer came");

TEST_F(DeferredCallTest, TheFirstAnswerCountsAndIsNotAbandoned) {
  bool abandoned = false;
  call_->Await(absl::Hours(1), kLate, [&] { abandoned = true; });
  call_->Answer([this] { return Seven(); });
  Join();
  EXPECT_TRUE(status_.ok()) << status_.error_message();
  EXPECT_EQ(stats_.due(), 7);
  call_->Answer([]() -> absl::Status {
    ADD_FAILURE() << "asked for a second answer";
    return absl::OkStatus();
  });
  call_->Await(absl::Hours(1), kLate, [&] { abandoned = true; });  // it ended well: nothing to do
  EXPECT_FALSE(abandoned);
}

TEST_F(DeferredCallTest, WithoutAnAnswerItEndsWhenItsTimeIsUp) {
  std::promise<void> abandoned;
  call_->Await(absl::Milliseconds(20), kLate, [&] { abandoned.set_value(); });
  Join();
  abandoned.get_future().wait();
  EXPECT_EQ(status_.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_EQ(ReasonOf(FromGrpc(status_)), "CHECK_TIMED_OUT");
  call_->Answer([this] { return Seven(); });
}

TEST_F(DeferredCallTest, ACallerThatHangsUpIsNoticedAtOnce) {
  std::promise<void> abandoned;
  call_->Await(absl::Hours(1), kLate, [&] { abandoned.set_value(); });
  context_.TryCancel();
  abandoned.get_future().wait();
  Join();
  EXPECT_EQ(status_.error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(DeferredCallTest, ACallerThatHungUpBeforeTheWaitIsNoticedToo) {
  context_.TryCancel();
  Join();
  // The server hears of it a moment after the client's call has ended: either way it is told once.
  std::promise<void> abandoned;
  call_->Await(absl::Hours(1), kLate, [&] { abandoned.set_value(); });
  abandoned.get_future().wait();
}

}  // namespace
}  // namespace syncline::rpc
