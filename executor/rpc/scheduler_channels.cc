#include "executor/rpc/scheduler_channels.h"

#include "common/base/status_macros.h"
#include "common/rpc/channel.h"

namespace syncline::executor {

absl::StatusOr<SchedulerChannels> SchedulerChannels::Create(
    std::string_view targets, const std::shared_ptr<auth::BearerToken>& token) {
  SchedulerChannels channels;
  ASSIGN_OR_RETURN(channels.targets_, rpc::ParseTargets(targets));
  for (const std::string& target : channels.targets_) {
    channels.stubs_.push_back(
        internal::v1::ExecutorService::NewStub(rpc::MakeChannel(target, token)));
  }
  return channels;
}

}  // namespace syncline::executor
