// The schedulers that the gateway may speak to. All are kept connected; calls go to one of them for
// as long as it answers, and to the next one when it does not.
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "syncline/v1/diagnostics_service.grpc.pb.h"
#include "syncline/v1/integration_service.grpc.pb.h"
#include "syncline/v1/sync_service.grpc.pb.h"

namespace syncline::gateway {

// Thread-safe.
class SchedulerPool {
 public:
  struct Peer {
    std::string target;
    std::shared_ptr<grpc::Channel> channel;
    std::unique_ptr<v1::IntegrationService::Stub> integrations;
    std::unique_ptr<v1::SyncService::Stub> syncs;
    std::unique_ptr<v1::DiagnosticsService::Stub> diagnostics;
  };
  using MakeChannel = std::function<std::shared_ptr<grpc::Channel>(const std::string& target)>;

  // `targets`: gRPC targets with commas between them. Connects to nobody yet. INVALID_ARGUMENT when
  // there is none.
  static absl::StatusOr<std::unique_ptr<SchedulerPool>> Create(std::string_view targets,
                                                               const MakeChannel& make_channel);

  // A peer that is connected, the present one if it is; waits up to `patience` for one. Null: none.
  // Peers live as long as the pool.
  const Peer* Connected(absl::Duration patience);

  // The next call goes to another one, unless somebody has moved on from `failed` already.
  void MoveOn(const Peer* failed);

  std::size_t size() const { return peers_.size(); }

 private:
  SchedulerPool() = default;

  std::vector<Peer> peers_;  // never changes
  std::mutex mutex_;
  std::size_t current_ = 0;
};

}  // namespace syncline::gateway
