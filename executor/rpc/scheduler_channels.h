// The schedulers that an executor may speak to, and the one it speaks to now. Stream and reports
// share a channel, so that both go to the same scheduler for as long as it is there.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/rpc/channel.h"
#include "syncline/internal/v1/executor_service.grpc.pb.h"

namespace syncline::executor {

// Not thread-safe.
class SchedulerChannels {
 public:
  using Stub = internal::v1::ExecutorService::Stub;

  // `targets`: gRPC targets ("10.0.0.7:50051", "dns:///scheduler:50051") with commas between them.
  // Connects to nobody yet. INVALID_ARGUMENT when there is no target.
  static absl::StatusOr<SchedulerChannels> Create(std::string_view targets,
                                                  const rpc::ChannelOptions& options = {});

  // Valid until this object goes.
  Stub& current() { return *stubs_[index_]; }
  const std::string& target() const { return targets_[index_]; }

  std::size_t size() const { return targets_.size(); }

  // Goes to the next one; the one that failed is tried again after all others.
  void Rotate() { index_ = (index_ + 1) % stubs_.size(); }

 private:
  SchedulerChannels() = default;
  std::vector<std::string> targets_;
  std::vector<std::unique_ptr<Stub>> stubs_;
  std::size_t index_ = 0;
};

}  // namespace syncline::executor
