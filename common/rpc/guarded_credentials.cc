// gRPC asks a processor of call metadata before it looks for a method, so that no service, not even
// a built-in or an unknown one, is reached without it. The C++ wrapper offers it for TLS only; the
// C library beneath has it for plain ports too.
#include <grpc/grpc.h>
#include <grpc/grpc_security.h>
#include <grpcpp/security/server_credentials.h>

#include <string>
#include <utility>
#include <vector>

#include "common/base/errors.h"
#include "common/rpc/call_guard.h"
#include "common/rpc/status_conversion.h"

namespace syncline::rpc {
namespace {

constexpr std::string_view kAuthorization = "authorization";
constexpr std::string_view kPath = ":path";

std::string_view View(const grpc_slice& slice) {
  return {reinterpret_cast<const char*>(GRPC_SLICE_START_PTR(slice)), GRPC_SLICE_LENGTH(slice)};
}

void Process(void* state, grpc_auth_context*, const grpc_metadata* metadata, std::size_t count,
             grpc_process_auth_metadata_done_cb done, void* done_argument) {
  CallGuard& guard = **static_cast<std::shared_ptr<CallGuard>*>(state);
  CallerClaim claim;
  std::vector<grpc_metadata> tokens;  // handlers do not get to see them
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view key = View(metadata[i].key);
    if (key == kPath) claim.method = View(metadata[i].value);
    if (key == kAuthorization) tokens.push_back(metadata[i]);
  }
  // gRPC joins what comes twice, but nothing here may depend on it: two tokens are no token.
  if (tokens.size() == 1) claim.authorization = View(tokens.front().value);
  if (tokens.size() > 1) claim.authorization = "";
  const absl::Status status = guard.Check(claim);
  done(done_argument, tokens.data(), tokens.size(), nullptr, 0,
       static_cast<grpc_status_code>(status.code()), GuardMessage(status).c_str());
}

void Destroy(void* state) { delete static_cast<std::shared_ptr<CallGuard>*>(state); }

class GuardedPort final : public grpc::ServerCredentials {
 public:
  explicit GuardedPort(std::shared_ptr<CallGuard> guard) : guard_(std::move(guard)) {}

  // The guard is the processor, and there can be one only.
  void SetAuthMetadataProcessor(const std::shared_ptr<grpc::AuthMetadataProcessor>&) override {}

 private:
  int AddPortToServer(const std::string& address, grpc_server* server) override {
    grpc_server_credentials* credentials = grpc_insecure_server_credentials_create();
    grpc_server_credentials_set_auth_metadata_processor(
        credentials, {Process, Destroy, new std::shared_ptr<CallGuard>(guard_)});
    const int port = grpc_server_add_http2_port(server, address.c_str(), credentials);
    grpc_server_credentials_release(credentials);
    return port;
  }

  const std::shared_ptr<CallGuard> guard_;
};

}  // namespace

std::shared_ptr<grpc::ServerCredentials> GuardedCredentials(std::shared_ptr<CallGuard> guard) {
  if (guard == nullptr) return grpc::InsecureServerCredentials();
  return std::make_shared<GuardedPort>(std::move(guard));
}

}  // namespace syncline::rpc
