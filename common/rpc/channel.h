// Channels to a scheduler.
#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/auth/bearer_token.h"

namespace syncline::rpc {

// The gRPC targets ("10.0.0.7:50051", "dns:///scheduler:50051") in SYNC_SCHEDULER_ADDRESS, which
// has commas between them. INVALID_ARGUMENT when there is none.
absl::StatusOr<std::vector<std::string>> ParseTargets(std::string_view targets);

struct ChannelOptions {
  // Shown with every call, as its file has it when the call begins; null: none.
  std::shared_ptr<auth::BearerToken> token = nullptr;
  // PEM text of the authorities that the server's certificate may come from; empty: without TLS.
  std::string trusted_roots = {};
  // "host:port" whose host the certificate must name, where that is not the target's own.
  std::string server_name = {};
  // Calls go round all addresses of the target's name, instead of to one for as long as it is
  // there.
  bool spread = false;
};

// A channel to a gRPC target ("host:port", "dns:///host:port"), with keepalive that fits the
// server's. Connects with the first call.
std::shared_ptr<grpc::Channel> MakeChannel(const std::string& target,
                                           const ChannelOptions& options);

}  // namespace syncline::rpc
