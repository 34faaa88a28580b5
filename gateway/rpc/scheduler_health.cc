#include "gateway/rpc/scheduler_health.h"

#include <grpcpp/generic/generic_stub.h>

#include <chrono>
#include <string>
#include <vector>

namespace syncline::gateway {
namespace {

// HealthCheckResponse{status: SERVING}: field 1, a varint, 1. The request is empty: the server as a
// whole. gRPC carries the service, but no compiled messages for it.
constexpr char kServing[] = "\x08\x01";

std::string Text(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string text;
  if (!buffer.Valid() || !buffer.Dump(&slices).ok()) return text;
  for (const grpc::Slice& slice : slices)
    text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return text;
}

}  // namespace

bool IsServing(const std::shared_ptr<grpc::Channel>& channel, absl::Duration limit) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(limit));
  grpc::CompletionQueue queue;
  grpc::GenericStub stub(channel);
  const grpc::Slice nothing;
  const grpc::ByteBuffer request(&nothing, 1);
  grpc::ByteBuffer response;
  grpc::Status status;
  const auto call =
      stub.PrepareUnaryCall(&context, "/grpc.health.v1.Health/Check", request, &queue);
  call->StartCall();
  call->Finish(&response, &status, &queue);
  void* tag = nullptr;
  bool fine = false;
  queue.Next(&tag, &fine);
  queue.Shutdown();
  return status.ok() && Text(response) == kServing;
}

}  // namespace syncline::gateway
