// The schedulers that an executor may speak to, and the one it speaks to now. Stream and reports
// share a channel, so that both go to the same scheduler for as long as it is there: a name that
// several schedulers share is a channel for each of its addresses.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/rpc/channel.h"
#include "executor/rpc/name_watch.h"
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

  // The names among the targets, for a NameWatch.
  std::vector<HostAndPort> names() const;
  // What the names stand for now. A name that is not there keeps its addresses; one that never had
  // any is left to gRPC. The scheduler that is spoken to stays the current one, also when it is
  // none of them any more, until Rotate or Select.
  void SetAddresses(const AddressesByName& addresses);

  // Stubs are valid until this object goes.
  Stub& current() { return StubOf(current_); }
  Stub& StubOf(const std::string& target);
  const std::string& target() const { return current_; }

  // All that there are now.
  const std::vector<std::string>& targets() const { return targets_; }
  std::size_t size() const { return targets_.size(); }

  // Where to begin, once names are known: the first that is configured, and of a name's addresses
  // the one that `any` number picks, so that executors that start together do not all meet at the
  // same.
  void Begin(std::size_t any);
  // Goes to the next one; the one that failed is tried again after all others.
  void Rotate();
  // Goes to one of `targets`.
  void Select(const std::string& target) { current_ = target; }

 private:
  // As configured.
  struct Configured {
    std::string target;
    HostAndPort name;  // empty: an address, or something that gRPC alone understands
    std::vector<std::string> addresses = {};
  };

  explicit SchedulerChannels(rpc::ChannelOptions options) : options_(std::move(options)) {}
  void List();

  rpc::ChannelOptions options_;
  std::vector<Configured> configured_;
  std::vector<std::string> targets_;
  std::map<std::string, std::string> server_names_;  // by target: what its certificate must be for
  // Those that left too: calls may still be under way, and an unused channel is a few kilobytes.
  std::map<std::string, std::unique_ptr<Stub>> stubs_;
  std::string current_;
};

}  // namespace syncline::executor
