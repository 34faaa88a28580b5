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

// A channel without TLS to the gRPC target "host:port", with keepalive that fits the server's.
// Every call of it shows `token`, as the token's file has it when the call begins; null: none.
// Connects with the first call.
std::shared_ptr<grpc::Channel> MakeChannel(const std::string& target,
                                           std::shared_ptr<auth::BearerToken> token);

}  // namespace syncline::rpc
