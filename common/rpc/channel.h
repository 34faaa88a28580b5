// Channels to a scheduler.
#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "common/auth/bearer_token.h"

namespace syncline::rpc {

// A channel without TLS to the gRPC target "host:port", with keepalive that fits the server's.
// Every call of it shows `token`, as the token's file has it when the call begins; null: none.
// Connects with the first call.
std::shared_ptr<grpc::Channel> MakeChannel(const std::string& target,
                                           std::shared_ptr<auth::BearerToken> token);

}  // namespace syncline::rpc
