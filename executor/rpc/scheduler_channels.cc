#include "executor/rpc/scheduler_channels.h"

#include <algorithm>

#include "common/base/status_macros.h"

namespace syncline::executor {

absl::StatusOr<SchedulerChannels> SchedulerChannels::Create(std::string_view targets,
                                                            const rpc::ChannelOptions& options) {
  SchedulerChannels channels(options);
  ASSIGN_OR_RETURN(const std::vector<std::string> parsed, rpc::ParseTargets(targets));
  for (const std::string& target : parsed) channels.configured_.push_back({target, NameOf(target)});
  channels.List();
  channels.current_ = channels.targets_.front();
  return channels;
}

std::vector<HostAndPort> SchedulerChannels::names() const {
  std::vector<HostAndPort> names;
  for (const Configured& one : configured_) {
    if (!one.name.host.empty()) names.push_back(one.name);
  }
  return names;
}

void SchedulerChannels::List() {
  targets_.clear();
  for (const Configured& one : configured_) {
    if (one.addresses.empty()) targets_.push_back(one.target);
    for (const std::string& address : one.addresses) {
      if (std::find(targets_.begin(), targets_.end(), address) != targets_.end()) continue;
      targets_.push_back(address);
      server_names_[address] = one.name.host + ":" + one.name.port;
    }
  }
}

void SchedulerChannels::SetAddresses(const AddressesByName& addresses) {
  for (Configured& one : configured_) {
    const auto found = addresses.find(one.name);
    if (found != addresses.end()) one.addresses = found->second;
  }
  List();
}

SchedulerChannels::Stub& SchedulerChannels::StubOf(const std::string& target) {
  std::unique_ptr<Stub>& stub = stubs_[target];
  if (stub == nullptr) {
    rpc::ChannelOptions options = options_;
    if (const auto name = server_names_.find(target); name != server_names_.end())
      options.server_name = name->second;
    stub = internal::v1::ExecutorService::NewStub(rpc::MakeChannel(target, options));
  }
  return *stub;
}

void SchedulerChannels::Begin(std::size_t any) {
  const std::vector<std::string>& addresses = configured_.front().addresses;
  if (!addresses.empty()) current_ = addresses[any % addresses.size()];
}

void SchedulerChannels::Rotate() {
  const auto here = std::find(targets_.begin(), targets_.end(), current_);
  const bool last = here == targets_.end() || here + 1 == targets_.end();
  current_ = last ? targets_.front() : *(here + 1);
}

}  // namespace syncline::executor
