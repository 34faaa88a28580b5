#include "gateway/rpc/scheduler_pool.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "absl/time/clock.h"

namespace syncline::gateway {
namespace {

constexpr auto kLook = std::chrono::milliseconds(20);

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
  while (true) {
    {
      std::lock_guard lock(mutex_);
      for (std::size_t i = 0; i < peers_.size(); ++i) {
        const std::size_t candidate = (current_ + i) % peers_.size();
        // Asking also makes an idle channel connect.
        if (peers_[candidate].channel->GetState(true) != GRPC_CHANNEL_READY) continue;
        current_ = candidate;
        return &peers_[candidate];
      }
    }
    if (std::chrono::steady_clock::now() >= end) return nullptr;
    std::this_thread::sleep_for(kLook);
  }
}

void SchedulerPool::MoveOn(const Peer* failed) {
  std::lock_guard lock(mutex_);
  if (&peers_[current_] == failed) current_ = (current_ + 1) % peers_.size();
}

}  // namespace syncline::gateway
