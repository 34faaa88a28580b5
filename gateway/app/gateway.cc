#include "gateway/app/gateway.h"

#include <string>
#include <utility>

#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "common/rpc/channel.h"
#include "common/tls/settings.h"
#include "common/tls/trusted_roots.h"
#include "gateway/routes/diagnostic_routes.h"
#include "gateway/routes/docs_routes.h"
#include "gateway/routes/event_routes.h"
#include "gateway/routes/integration_routes.h"
#include "gateway/routes/session_routes.h"
#include "gateway/routes/sync_routes.h"
#include "gateway/rpc/watch_call.h"

namespace syncline::gateway {
namespace {

absl::Status Of(const char* setting, const absl::Status& status) {
  return MakeStatus(status.code(), std::string(setting) + ": " + std::string(status.message()));
}

Route Text(std::string path, const char* type,
           std::function<std::pair<int, std::string>()> answer) {
  return {"GET", std::move(path), [type, answer = std::move(answer)](const RouteCall&) {
            HttpResponse response;
            response.content_type = type;
            std::tie(response.status, response.body) = answer();
            return response;
          }};
}

}  // namespace

absl::StatusOr<std::unique_ptr<Gateway>> Gateway::Start(const Options& options) {
  std::unique_ptr<Gateway> gateway(new Gateway(options));
  RETURN_IF_ERROR(gateway->Open());
  return gateway;
}

Gateway::Gateway(const Options& options) : options_(options) {}

Gateway::~Gateway() {
  if (events_ != nullptr) events_->Close();
}

absl::Status Gateway::Open() {
  if (!options_.api_tokens.empty()) {
    auto tokens = auth::TokenFile::Open(options_.api_tokens, &clock_);
    if (!tokens.ok()) return Of("SYNC_API_TOKENS", tokens.status());
    tokens_ = *std::move(tokens);
  }
  if (!options_.api_token_file.empty()) {
    auto token = auth::BearerToken::Open(options_.api_token_file, &clock_);
    if (!token.ok()) return Of("SYNC_API_TOKEN_FILE", token.status());
    token_ = *std::move(token);
  }
  ASSIGN_OR_RETURN(auto identity, tls::OpenServerIdentity(options_.tls, &clock_));
  // A call may go to any scheduler: where one name stands for all, each gets its share.
  rpc::ChannelOptions channel{.token = token_, .spread = true};
  if (!options_.scheduler_ca.empty()) {
    ASSIGN_OR_RETURN(channel.trusted_roots, tls::ReadTrustedRoots(options_.scheduler_ca));
  }
  ASSIGN_OR_RETURN(schedulers_,
                   SchedulerPool::Create(options_.scheduler_address, [&](const std::string& to) {
                     return rpc::MakeChannel(to, channel);
                   }));
  backend_ = std::make_unique<RpcBackend>(schedulers_.get());
  events_ = std::make_unique<EventHub>(
      EventHubOptions{.most_clients = static_cast<std::size_t>(options_.streams)},
      WatchThrough(schedulers_.get()));
  gateway_metrics_ = std::make_unique<GatewayMetrics>(&metrics_, events_.get());
  access_ = std::make_unique<Access>(
      tokens_ == nullptr ? Access::NameOf()
                         : [this](std::string_view token) { return tokens_->NameOf(token); });
  ASSIGN_OR_RETURN(ConsoleFiles console, ConsoleFiles::Load(options_.console_dir));
  console_ = std::make_unique<ConsoleFiles>(std::move(console));

  GatewayRoutes::Parts parts;
  parts.access = access_.get();
  for (auto routes : {IntegrationRoutes(backend_.get()), SyncRoutes(backend_.get()),
                      DiagnosticRoutes(backend_.get()), EventRoutes(events_.get(), access_.get()),
                      SessionRoutes(access_.get()), DocsRoutes(), OperatorRoutes()}) {
    parts.routes.insert(parts.routes.end(), routes.begin(), routes.end());
  }
  parts.files = [this](const HttpRequest& request) { return console_->Answer(request); };
  parts.on_answer = [this](const std::string& route, const std::string& method, int status,
                           absl::Duration took) {
    gateway_metrics_->CountAnswer(route, method, status, took);
  };
  routes_ = std::make_unique<GatewayRoutes>(std::move(parts));
  HttpServerOptions server;
  server.address = options_.http_listen;
  server.max_connections = options_.connections;
  server.identity = std::move(identity);
  ASSIGN_OR_RETURN(
      server_, HttpServer::Start(
                   server, [this](const HttpRequest& request) { return routes_->Handle(request); },
                   GatewayRoutes::Refuse));
  return absl::OkStatus();
}

std::vector<Route> Gateway::OperatorRoutes() {
  return {
      Text("/healthz", "text/plain", [] { return std::pair(200, std::string("ok\n")); }),
      Text("/readyz", "text/plain",
           [this] {
             const std::string problem = draining_ ? "draining" : backend_->Problem();
             return std::pair(problem.empty() ? 200 : 503,
                              (problem.empty() ? "ready" : problem) + "\n");
           }),
      Text("/metrics", "text/plain; version=0.0.4; charset=utf-8",
           [this] { return std::pair(200, metrics_.Scrape()); }),
  };
}

void Gateway::Drain() {
  draining_ = true;
  events_->Close();
  server_->Drain(options_.drain_grace);
}

}  // namespace syncline::gateway
