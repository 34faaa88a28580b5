// Answers unary calls of gRPC's callback API from a worker pool: a handler is an ordinary function
// that may block on the database, and a full queue answers at once instead of growing.
#pragma once

#include <grpcpp/grpcpp.h>

#include <utility>

#include "absl/status/status.h"
#include "common/base/errors.h"
#include "common/base/worker_pool.h"
#include "common/rpc/status_conversion.h"

namespace syncline::rpc {

// What a full queue answers.
inline absl::Status Overloaded() {
  return ReasonError(absl::StatusCode::kResourceExhausted, "OVERLOADED",
                     "too many calls are waiting; try again in a second");
}

// `handler` is absl::Status(const Request&, Response*). gRPC keeps request and response alive until
// Finish.
template <typename Request, typename Response, typename Handler>
grpc::ServerUnaryReactor* Unary(WorkerPool& pool, grpc::CallbackServerContext* context,
                                const Request* request, Response* response, Handler handler) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const bool accepted =
      pool.Submit([context, request, response, reactor, handler = std::move(handler)] {
        if (context->IsCancelled()) {  // nobody waits for the answer any more
          reactor->Finish(grpc::Status(grpc::StatusCode::CANCELLED, "the call was given up"));
          return;
        }
        reactor->Finish(ToGrpc(handler(*request, response)));
      });
  if (!accepted) {
    reactor->Finish(ToGrpc(Overloaded()));
  }
  return reactor;
}

// Answers a call that a later release implements.
inline grpc::ServerUnaryReactor* NotAvailableYet(grpc::CallbackServerContext* context,
                                                 const char* what) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(ToGrpc(ReasonError(absl::StatusCode::kUnimplemented, "NOT_AVAILABLE_YET",
                                     std::string(what) + " is not available yet")));
  return reactor;
}

}  // namespace syncline::rpc
