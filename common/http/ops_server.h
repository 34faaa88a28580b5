// The port that operators and orchestrators look at: /healthz (the process lives), /readyz (it can
// do its work), /metrics.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/http/metrics.h"
#include "common/tls/server_identity.h"

namespace httplib {
class Server;
}

namespace syncline {

// Owns the listening thread from Start to destruction.
class OpsServer {
 public:
  // Listens on `address` ("127.0.0.1:9051"; port 0 picks a free one). `ready` is asked on each
  // /readyz, on a thread of the server: an empty answer is 200, any other is 503 with that text.
  // `metrics` outlives the server. With `identity` it speaks TLS 1.2 and newer only. UNAVAILABLE
  // when the address cannot be listened on.
  static absl::StatusOr<std::unique_ptr<OpsServer>> Start(
      const std::string& address, Metrics* metrics, std::function<std::string()> ready,
      std::shared_ptr<tls::ServerIdentity> identity = nullptr);
  ~OpsServer();

  int port() const { return port_; }

 private:
  explicit OpsServer(std::shared_ptr<tls::ServerIdentity> identity);
  const std::shared_ptr<tls::ServerIdentity> identity_;  // outlives the connections
  std::unique_ptr<httplib::Server> server_;
  std::unique_ptr<class OpsServerThread> thread_;
  int port_ = 0;
};

}  // namespace syncline
