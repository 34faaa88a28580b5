// The gateway's routes over a fake backend, without a socket.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "gateway/events/event_hub.h"
#include "gateway/routes/access.h"
#include "gateway/routes/diagnostic_routes.h"
#include "gateway/routes/docs_routes.h"
#include "gateway/routes/event_routes.h"
#include "gateway/routes/fake_backend.h"
#include "gateway/routes/gateway_routes.h"
#include "gateway/routes/integration_routes.h"
#include "gateway/routes/session_routes.h"
#include "gateway/routes/sync_routes.h"

namespace syncline::gateway {

// Nobody to watch.
inline std::unique_ptr<WatchCall> NoWatch(const v1::WatchSyncsRequest&) { return nullptr; }

class RoutesTest : public ::testing::Test {
 protected:
  explicit RoutesTest(Access::NameOf name_of = nullptr) : access_(std::move(name_of)) {
    GatewayRoutes::Parts parts;
    parts.access = &access_;
    for (auto routes :
         {IntegrationRoutes(&backend_), SyncRoutes(&backend_), DiagnosticRoutes(&backend_),
          EventRoutes(&hub_, &access_), SessionRoutes(&access_), DocsRoutes()}) {
      parts.routes.insert(parts.routes.end(), routes.begin(), routes.end());
    }
    parts.files = [](const HttpRequest&) {
      HttpResponse response;
      response.content_type = "text/html";
      return response;
    };
    routes_ = std::make_unique<GatewayRoutes>(std::move(parts));
  }

  // A request as a program sends it; a body is JSON unless `headers` say otherwise.
  HttpResponse Send(const std::string& method, const std::string& target,
                    const std::string& body = "", NameValues headers = {}) {
    HttpRequest request;
    request.method = method;
    EXPECT_EQ(ParseTarget(target, request), "");
    request.headers = std::move(headers);
    if (!request.HasHeader("Host")) request.headers.emplace_back("Host", "localhost:8080");
    if (!body.empty() && !request.HasHeader("Content-Type"))
      request.headers.emplace_back("Content-Type", "application/json");
    request.body = body;
    return routes_->Handle(request);
  }

  static std::string HeaderOf(const HttpResponse& response, const std::string& name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return "";
  }

  FakeBackend backend_;
  EventHub hub_{{}, NoWatch};
  const Access access_;
  std::unique_ptr<GatewayRoutes> routes_;
};

}  // namespace syncline::gateway
