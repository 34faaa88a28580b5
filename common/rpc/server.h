// Starts a gRPC server with what every server of ours has: health service, reflection, channelz,
// keepalive that notices a frozen peer, bounded messages, and connections that age so that clients
// find new replicas.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/rpc/call_guard.h"
#include "common/tls/server_identity.h"

namespace syncline::rpc {

struct ServerOptions {
  std::string address;                                // host:port; port 0 picks a free one
  absl::Duration connection_age = absl::Minutes(30);  // ± 10 %; what still runs gets 5 s more
  std::shared_ptr<CallGuard> guard = nullptr;         // null: everybody may call
  std::shared_ptr<tls::ServerIdentity> identity = nullptr;  // null: without TLS
};

class Server {
 public:
  // `services` outlive the server. UNAVAILABLE when the address cannot be listened on.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options,
                                                       const std::vector<grpc::Service*>& services);
  // Ends calls that still run after `grace` and returns when all are gone.
  void Shutdown(absl::Duration grace);

  // Sets what the health service answers for the server as a whole.
  void SetServing(bool serving);

  int port() const { return port_; }

 private:
  Server() = default;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

// Arguments for channels to a scheduler: keepalive that fits the server's.
grpc::ChannelArguments ClientArguments();

}  // namespace syncline::rpc
