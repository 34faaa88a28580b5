#include "executor/rpc/scheduler_channels.h"

namespace syncline::executor {

absl::StatusOr<SchedulerChannels> SchedulerChannels::Create(std::string_view targets,
                                                            const rpc::ChannelOptions& options) {
  SchedulerChannels channels;
  while (!targets.empty()) {
    const std::size_t comma = targets.find(',');
    const std::string target(targets.substr(0, comma));
    targets = comma == std::string_view::npos ? "" : targets.substr(comma + 1);
    if (target.empty()) continue;
    channels.stubs_.push_back(
        internal::v1::ExecutorService::NewStub(rpc::MakeChannel(target, options)));
    channels.targets_.push_back(target);
  }
  if (channels.stubs_.empty()) {
    return absl::InvalidArgumentError(
        "SYNC_SCHEDULER_ADDRESS names no scheduler; expected host:port, or several with commas "
        "between them");
  }
  return channels;
}

}  // namespace syncline::executor
