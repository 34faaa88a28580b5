// The gateway's port: accepts connections, each on a thread of its own and at most so many, and has
// cpp-httplib parse the requests and write the answers. What that library does not bound is bounded
// here: the number of connections, the time and the bytes of a request, and how a stop drains
// (docs/adr/0007-gateway-http.md).
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/tls/server_identity.h"
#include "gateway/http/message.h"

namespace syncline::gateway {

struct HttpServerOptions {
  std::string address = {};  // host:port; port 0 picks a free one
  // Null: without TLS. Else TLS 1.2 and newer only.
  std::shared_ptr<tls::ServerIdentity> identity = nullptr;
  int max_connections = 512;  // further ones are told 503 and closed, with TLS just closed
  // How long a connection may be silent between requests; a tenth of it once three quarters of the
  // connections are taken.
  absl::Duration idle_timeout = absl::Seconds(30);
  absl::Duration handshake_timeout = absl::Seconds(10);  // of TLS
  // From a request's first byte to the end of its body.
  absl::Duration request_timeout = absl::Seconds(20);
  absl::Duration write_timeout = absl::Seconds(30);  // of one write
  std::size_t max_header_bytes = std::size_t{32} << 10;
  std::size_t max_body_bytes = std::size_t{1} << 20;
};

class HttpServer {
 public:
  // Called on many threads. What it throws is answered with 500.
  using Handler = std::function<HttpResponse(const HttpRequest&)>;
  // Makes the answer to a request that never reaches the handler: a status from 400 on, a reason
  // and a sentence.
  using Refusal = std::function<HttpResponse(int, const std::string&, const std::string&)>;

  // UNAVAILABLE when the address cannot be listened on.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(const HttpServerOptions& options,
                                                           Handler handler, Refusal refusal);
  ~HttpServer();  // Drain(0)

  // Accepts nothing more, lets the requests under way be answered, and cuts what is left after
  // `grace`. The handler's streams must have been told to end. Idempotent.
  void Drain(absl::Duration grace);

  int port() const;
  int connections() const;

 private:
  class Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace syncline::gateway
