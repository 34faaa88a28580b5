// Everything that the gateway's port answers: finds the route, sees who asks, reads the body, and
// gives every answer the headers that keep browsers careful.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gateway/http/message.h"
#include "gateway/routes/access.h"
#include "gateway/routes/route.h"

namespace syncline::gateway {

class GatewayRoutes {
 public:
  struct Parts {
    const Access* access = nullptr;
    // Of /api, and of the operators' /healthz, /readyz and /metrics.
    std::vector<Route> routes;
    // What no route answers: the console's files. GET only.
    std::function<HttpResponse(const HttpRequest&)> files;
    // Told of every answer: the route's pattern ("console" for a file, "none" for a path that is
    // not there), the method, the status. For metrics.
    std::function<void(const std::string&, const std::string&, int, absl::Duration)> on_answer;
  };

  // What `parts` point to outlives it.
  explicit GatewayRoutes(Parts parts);

  // Any thread.
  HttpResponse Handle(const HttpRequest& request) const;
  // For requests that cannot be read.
  static HttpResponse Refuse(int status, const std::string& reason, const std::string& detail);

  const RouteTable& table() const { return table_; }

 private:
  HttpResponse Answer(const HttpRequest& request, std::string& pattern) const;
  HttpResponse AnswerApi(const HttpRequest& request, std::string& pattern) const;
  HttpResponse CallRoute(const HttpRequest& request, const RouteTable::Match& match) const;

  Parts parts_;
  RouteTable table_;
};

}  // namespace syncline::gateway
