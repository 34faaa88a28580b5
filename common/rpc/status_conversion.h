// absl::Status to grpc::Status with google.rpc details (AIP-193), and back.
#pragma once

#include <grpcpp/support/status.h>

#include <string>

#include "absl/status/status.h"

namespace syncline::rpc {

// Every error carries an ErrorInfo (domain "syncline"; the reason is the status's own or the code's
// name), and a BadRequest when it lists fields. Errors without a reason of ours are faults of the
// server: their text is replaced by a plain one, so that no internals are shown.
grpc::Status ToGrpc(const absl::Status& status);

// The reverse, for clients: code, message, reason, fields, metadata.
absl::Status FromGrpc(const grpc::Status& status);

// The message with which a port refuses a caller: "REASON: text". A refusal comes before any
// handler, where gRPC carries no details; FromGrpc reads the reason out of it again.
std::string GuardMessage(const absl::Status& status);

}  // namespace syncline::rpc
