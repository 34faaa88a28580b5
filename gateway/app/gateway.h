// The gateway's parts, wired.
#pragma once

#include <atomic>
#include <memory>

#include "absl/status/statusor.h"
#include "common/auth/bearer_token.h"
#include "common/auth/token_file.h"
#include "common/base/clock.h"
#include "common/http/metrics.h"
#include "gateway/app/gateway_metrics.h"
#include "gateway/app/options.h"
#include "gateway/events/event_hub.h"
#include "gateway/http/http_server.h"
#include "gateway/routes/access.h"
#include "gateway/routes/gateway_routes.h"
#include "gateway/rpc/rpc_backend.h"
#include "gateway/rpc/scheduler_pool.h"
#include "gateway/static/console_files.h"

namespace syncline::gateway {

class Gateway {
 public:
  // Listens from here on. An error is one line for whoever starts it.
  static absl::StatusOr<std::unique_ptr<Gateway>> Start(const Options& options);
  ~Gateway();

  // Says that it is not ready any more, ends the event streams, lets requests be answered.
  void Drain();

  int port() const { return server_->port(); }

 private:
  explicit Gateway(const Options& options);
  absl::Status Open();
  std::vector<Route> OperatorRoutes();

  const Options options_;
  const SteadyClock clock_;
  std::atomic<bool> draining_ = false;
  Metrics metrics_{"syncline_gateway"};
  std::unique_ptr<auth::TokenFile> tokens_;   // null: nobody is asked for one
  std::shared_ptr<auth::BearerToken> token_;  // null: none is shown
  std::unique_ptr<SchedulerPool> schedulers_;
  std::unique_ptr<RpcBackend> backend_;
  std::unique_ptr<EventHub> events_;
  std::unique_ptr<GatewayMetrics> gateway_metrics_;
  std::unique_ptr<Access> access_;
  std::unique_ptr<ConsoleFiles> console_;
  std::unique_ptr<GatewayRoutes> routes_;
  std::unique_ptr<HttpServer> server_;  // goes first: it calls all the others
};

}  // namespace syncline::gateway
