#include "common/http/ops_server.h"

#include <fmt/format.h>
#include <httplib.h>

#include <charconv>
#include <thread>
#include <utility>

#include "common/tls/server_context.h"

namespace syncline {

class OpsServerThread {
 public:
  explicit OpsServerThread(httplib::Server& server)
      : server_(server), thread_([&server] { server.listen_after_bind(); }) {
    // stop() does nothing to a server that does not run yet.
    while (!server.is_running()) std::this_thread::yield();
  }
  ~OpsServerThread() {
    server_.stop();
    thread_.join();
  }

 private:
  httplib::Server& server_;
  std::thread thread_;
};

OpsServer::OpsServer(std::shared_ptr<tls::ServerIdentity> identity)
    : identity_(std::move(identity)) {
  if (identity_ == nullptr) {
    server_ = std::make_unique<httplib::Server>();
  } else {
    server_ = std::make_unique<httplib::SSLServer>(
        [this](SSL_CTX& context) { return tls::SetUpServerContext(&context, identity_.get()); });
  }
}
OpsServer::~OpsServer() = default;

absl::StatusOr<std::unique_ptr<OpsServer>> OpsServer::Start(
    const std::string& address, Metrics* metrics, std::function<std::string()> ready,
    std::shared_ptr<tls::ServerIdentity> identity) {
  std::unique_ptr<OpsServer> ops(new OpsServer(std::move(identity)));
  httplib::Server& server = *ops->server_;
  server.new_task_queue = [] { return new httplib::ThreadPool(2); };
  // httplib's default lets two processes share a port, so that a second one would start and be half
  // heard.
  server.set_socket_options([](socket_t socket) {
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  });
  server.set_read_timeout(5);
  server.set_write_timeout(5);
  server.set_payload_max_length(1024);
  server.set_keep_alive_max_count(10);
  server.Get("/healthz", [](const httplib::Request&, httplib::Response& response) {
    response.set_content("ok\n", "text/plain");
  });
  server.Get("/readyz",
             [ready = std::move(ready)](const httplib::Request&, httplib::Response& response) {
               const std::string problem = ready();
               response.status = problem.empty() ? 200 : 503;
               response.set_content((problem.empty() ? "ready" : problem) + "\n", "text/plain");
             });
  server.Get("/metrics", [metrics](const httplib::Request&, httplib::Response& response) {
    response.set_content(metrics->Scrape(), "text/plain; version=0.0.4; charset=utf-8");
  });

  const std::size_t colon = address.rfind(':');
  const std::string host = address.substr(0, colon);
  int port = 0;
  std::from_chars(address.data() + colon + 1, address.data() + address.size(), port);
  ops->port_ = port == 0 ? server.bind_to_any_port(host.c_str())
                         : (server.bind_to_port(host.c_str(), port) ? port : -1);
  if (ops->port_ <= 0) {
    return absl::UnavailableError(fmt::format("cannot listen on {} (SYNC_HTTP_LISTEN)", address));
  }
  ops->thread_ = std::make_unique<OpsServerThread>(server);
  return ops;
}

}  // namespace syncline
