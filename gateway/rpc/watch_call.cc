#include "gateway/rpc/watch_call.h"

#include <memory>
#include <string>
#include <utility>

namespace syncline::gateway {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(3);

class RpcWatchCall final : public WatchCall {
 public:
  RpcWatchCall(SchedulerPool* pool, const SchedulerPool::Peer* peer,
               const v1::WatchSyncsRequest& request)
      : pool_(*pool), peer_(*peer), reader_(peer->syncs->WatchSyncs(&context_, request)) {}

  bool Read(v1::WatchSyncsResponse& response) override { return reader_->Read(&response); }

  std::string Problem() override {
    const grpc::Status status = reader_->Finish();
    pool_.MoveOn(&peer_);
    return peer_.target + ": " + status.error_message();
  }

  void Cancel() override { context_.TryCancel(); }

 private:
  SchedulerPool& pool_;
  const SchedulerPool::Peer& peer_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::WatchSyncsResponse>> reader_;
};

}  // namespace

OpenWatch WatchThrough(SchedulerPool* pool) {
  return [pool](const v1::WatchSyncsRequest& request) -> std::unique_ptr<WatchCall> {
    const SchedulerPool::Peer* peer = pool->Connected(kPatience);
    if (peer == nullptr) return nullptr;
    return std::make_unique<RpcWatchCall>(pool, peer, request);
  };
}

}  // namespace syncline::gateway
