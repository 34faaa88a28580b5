#include "common/rpc/unary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <latch>
#include <thread>

#include "common/rpc/server.h"
#include "syncline/v1/diagnostics_service.grpc.pb.h"

namespace syncline::rpc {
namespace {

class Service final : public v1::DiagnosticsService::CallbackService {
 public:
  explicit Service(WorkerPool& pool) : pool_(pool) {}
  grpc::ServerUnaryReactor* GetQueueStats(grpc::CallbackServerContext* context,
                                          const v1::GetQueueStatsRequest* request,
                                          v1::QueueStats* response) override {
    return Unary(pool_, context, request, response, [this](const auto&, v1::QueueStats* stats) {
      entered.count_down();
      release.wait();
      stats->set_due(7);
      return absl::OkStatus();
    });
  }
  grpc::ServerUnaryReactor* ExplainIntegration(grpc::CallbackServerContext* context,
                                               const v1::ExplainIntegrationRequest*,
                                               v1::ExplainIntegrationResponse*) override {
    return NotAvailableYet(context, "ExplainIntegration");
  }

  std::latch entered{1};
  std::latch release{1};

 private:
  WorkerPool& pool_;
};

TEST(Unary, BlockedHandlersDoNotBlockOtherCallsAndAFullQueueAnswersAtOnce) {
  WorkerPool pool(1, 0 + 1);
  Service service(pool);
  auto server = Server::Start({.address = "127.0.0.1:0"}, {&service});
  ASSERT_TRUE(server.ok()) << server.status();
  auto channel = grpc::CreateCustomChannel("127.0.0.1:" + std::to_string((*server)->port()),
                                           grpc::InsecureChannelCredentials(), ClientArguments());
  auto stub = v1::DiagnosticsService::NewStub(channel);
  const auto call = [&] {
    grpc::ClientContext context;
    v1::QueueStats stats;
    grpc::Status status = stub->GetQueueStats(&context, {}, &stats);
    return std::make_pair(status, stats.due());
  };
  std::thread running([&] { EXPECT_EQ(call().second, 7); });
  service.entered.wait();
  ASSERT_TRUE(pool.Submit([] {}));  // fills the queue behind the blocked handler
  const auto refused = call().first;
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(ReasonOf(FromGrpc(refused)), "OVERLOADED");
  grpc::ClientContext context;
  v1::ExplainIntegrationResponse explained;
  const grpc::Status later = stub->ExplainIntegration(&context, {}, &explained);
  EXPECT_EQ(ReasonOf(FromGrpc(later)), "NOT_AVAILABLE_YET");
  service.release.count_down();
  running.join();
  (*server)->Shutdown(absl::Seconds(1));
}

}  // namespace
}  // namespace syncline::rpc
