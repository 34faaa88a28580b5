// A route of the API: what it answers to, what it takes, and who answers.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/message.h"
#include "gateway/json/json_text.h"

namespace syncline::gateway {

// One request on a route.
struct RouteCall {
  const HttpRequest& request;
  std::map<std::string, std::string, std::less<>> parameters;  // of the path, decoded
  Json body;                                                   // null when the request has none

  // A parameter that the route's pattern has.
  const std::string& Parameter(std::string_view name) const {
    return parameters.find(name)->second;
  }
};

enum class BodyRule { kNone, kJson, kOptionalJson, kMergePatch };

struct Route {
  std::string method;
  std::string pattern;  // "/api/integrations/:id/sync"
  std::function<HttpResponse(const RouteCall&)> handle;
  BodyRule body = BodyRule::kNone;
  bool open = false;  // answers without a token
};

// The routes of a path, by pattern and method. A segment that is spelled out wins over a parameter.
class RouteTable {
 public:
  void Add(Route route);
  void Add(std::vector<Route> routes);

  struct Match {
    const Route* route = nullptr;  // null: no such method here
    std::map<std::string, std::string, std::less<>> parameters;
    std::string pattern;
    std::vector<std::string> methods;  // those that the path has
  };
  // nullopt: no such path. HEAD matches GET. Routes live as long as the table.
  std::optional<Match> Find(const std::string& method, const std::vector<std::string>& path) const;

  std::vector<const Route*> All() const;

 private:
  struct Pattern {
    std::string text;
    std::vector<std::string> segments;
    std::map<std::string, Route> routes;  // by method
  };
  std::vector<Pattern> patterns_;
};

// The answer to a success.
HttpResponse JsonResponse(int status, const Json& body);

}  // namespace syncline::gateway
