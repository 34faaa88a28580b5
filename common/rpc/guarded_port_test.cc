// The guard on a real port, and the channels that show it tokens.
#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include "common/auth/scratch_file.h"
#include "common/base/errors.h"
#include "common/base/fake_clock.h"
#include "common/rpc/channel.h"
#include "common/rpc/server.h"
#include "common/rpc/status_conversion.h"
#include "syncline/v1/diagnostics_service.grpc.pb.h"

namespace syncline::rpc {
namespace {

// Notes what its handlers get to see.
class Service final : public v1::DiagnosticsService::CallbackService {
 public:
  grpc::ServerUnaryReactor* GetQueueStats(grpc::CallbackServerContext* context,
                                          const v1::GetQueueStatsRequest*,
                                          v1::QueueStats* response) override {
    for (const auto& [key, value] : context->client_metadata()) {
      if (key == "authorization") saw_token = true;
    }
    response->set_due(7);
    auto* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
  std::atomic<bool> saw_token = false;
};

class GuardedPortTest : public ::testing::Test {
 protected:
  GuardedPortTest() {
    tokens_.Write(auth::TokenLine("test", token_).value());
    guard_ = std::make_shared<CallGuard>(auth::TokenFile::Open(tokens_.path(), &clock_).value(),
                                         nullptr, &clock_);
    server_ = Server::Start({.address = "127.0.0.1:0", .guard = guard_}, {&service_}).value();
    shown_.Write(token_);
  }
  ~GuardedPortTest() override { server_->Shutdown(absl::Seconds(1)); }

  std::string target() const { return "127.0.0.1:" + std::to_string(server_->port()); }
  std::shared_ptr<auth::BearerToken> Shown() {
    return auth::BearerToken::Open(shown_.path(), &clock_).value();
  }
  static grpc::Status Ask(const std::shared_ptr<grpc::Channel>& channel,
                          v1::QueueStats* stats = nullptr) {
    v1::QueueStats ignored;
    grpc::ClientContext context;
    return v1::DiagnosticsService::NewStub(channel)->GetQueueStats(
        &context, {}, stats == nullptr ? &ignored : stats);
  }

  FakeClock clock_;
  const std::string token_ = auth::NewToken();
  auth::ScratchFile tokens_, shown_;
  std::shared_ptr<CallGuard> guard_;
  Service service_;
  std::unique_ptr<Server> server_;
};

TEST_F(GuardedPortTest, RefusesWithAReasonThatClientsUnderstand) {
  const grpc::Status status = Ask(MakeChannel(target(), {}));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(ReasonOf(FromGrpc(status)), "MISSING_TOKEN");
}

TEST_F(GuardedPortTest, AChannelShowsItsTokenWhichNoHandlerSees) {
  v1::QueueStats stats;
  const grpc::Status status = Ask(MakeChannel(target(), {.token = Shown()}), &stats);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(stats.due(), 7);
  EXPECT_FALSE(service_.saw_token);
}

TEST_F(GuardedPortTest, ARevokedTokenIsRefusedAndTheNewOnePassesOnTheSameChannel) {
  const auto channel = MakeChannel(target(), {.token = Shown()});
  EXPECT_TRUE(Ask(channel).ok());
  const std::string fresh = auth::NewToken();
  tokens_.Write(auth::TokenLine("renewed", fresh).value());
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(ReasonOf(FromGrpc(Ask(channel))), "INVALID_TOKEN");
  shown_.Write(fresh);
  clock_.Advance(absl::Seconds(1));
  EXPECT_TRUE(Ask(channel).ok());
}

TEST_F(GuardedPortTest, TwoTokensAreNone) {
  grpc::ClientContext context;
  context.AddMetadata("authorization", "Bearer " + token_);
  context.AddMetadata("authorization", "Bearer " + token_);
  v1::QueueStats stats;
  const grpc::Status status = v1::DiagnosticsService::NewStub(MakeChannel(target(), {}))
                                  ->GetQueueStats(&context, {}, &stats);
  EXPECT_EQ(ReasonOf(FromGrpc(status)), "INVALID_TOKEN") << status.error_message();
}

}  // namespace
}  // namespace syncline::rpc
