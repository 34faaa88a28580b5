#include "gateway/rpc/scheduler_pool.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace syncline::gateway {
namespace {

// How long one peer is waited for before the others are looked at again.
constexpr auto kLook = std::chrono::milliseconds(50);

}  // namespace

absl::StatusOr<std::unique_ptr<SchedulerPool>> SchedulerPool::Create(
    std::string_view targets, const MakeChannel& make_channel) {
  std::unique_ptr<SchedulerPool> pool(new SchedulerPool);
  while (!targets.empty()) {
    const std::size_t comma = std::min(targets.find(','), targets.size());
    const std::string target(targets.substr(0, comma));
    targets.remove_prefix(std::min(comma + 1, targets.size()));
    if (target.empty()) continue;
    Peer peer;
    peer.target = target;
    peer.channel = make_channel(target);
    peer.integrations = v1::IntegrationService::NewStub(peer.channel);
    peer.syncs = v1::SyncService::NewStub(peer.channel);
    peer.diagnostics = v1::DiagnosticsService::NewStub(peer.channel);
    pool->peers_.push_back(std::move(peer));
  }
  if (pool->peers_.empty()) {
    return absl::InvalidArgumentError(
        "SYNC_SCHEDULER_ADDRESS names no scheduler; expected host:port, or several with commas "
        "between them");
  }
  return pool;
}

const SchedulerPool::Peer* SchedulerPool::Connected(absl::Duration patience) {
  const auto end = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(patience);
  for (std::size_t round = 0;; ++round) {
    grpc_connectivity_state state = GRPC_CHANNEL_IDLE;
    const Peer* waited_for = nullptr;
    {
      std::lock_guard lock(mutex_);
      for (std::size_t i = 0; i < peers_.size(); ++i) {
        const std::size_t candidate = (current_ + i) % peers_.size();
        // Asking also makes an idle channel connect.
        const auto found = peers_[candidate].channel->GetState(true);
        if (found == GRPC_CHANNEL_READY) {
          current_ = candidate;
          return &peers_[candidate];
        }
        if (i == round % peers_.size()) {
          waited_for = &peers_[candidate];
          state = found;
        }
      }
    }
    if (std::chrono::steady_clock::now() >= end) return nullptr;
    // Without a call under way it is this wait that lets gRPC go on with connecting.
    waited_for->channel->WaitForStateChange(state, std::chrono::system_clock::now() + kLook);
  }
}

void SchedulerPool::MoveOn(const Peer* failed) {
  std::lock_guard lock(mutex_);
  if (&peers_[current_] == failed) current_ = (current_ + 1) % peers_.size();
}

}  // namespace syncline::gateway
