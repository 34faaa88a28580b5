// Asks a scheduler's health service (grpc.health.v1), which answers without a token.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>

#include "absl/time/time.h"

namespace syncline::gateway {

// Whether it answers SERVING within `limit`: it is there and does not drain.
bool IsServing(const std::shared_ptr<grpc::Channel>& channel, absl::Duration limit);

}  // namespace syncline::gateway
