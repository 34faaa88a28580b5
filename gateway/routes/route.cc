#include "gateway/routes/route.h"

#include <algorithm>
#include <utility>

namespace syncline::gateway {
namespace {

std::vector<std::string> Segments(const std::string& pattern) {
  std::vector<std::string> segments;
  for (std::size_t begin = 1; begin <= pattern.size();) {
    const std::size_t end = std::min(pattern.find('/', begin), pattern.size());
    segments.push_back(pattern.substr(begin, end - begin));
    begin = end + 1;
  }
  return segments;
}

bool IsParameter(const std::string& segment) { return !segment.empty() && segment[0] == ':'; }

// How many segments are spelled out; nullopt when the path does not match.
std::optional<int> Fit(const std::vector<std::string>& pattern,
                       const std::vector<std::string>& path) {
  if (pattern.size() != path.size()) return std::nullopt;
  int literal = 0;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (IsParameter(pattern[i])) {
      if (path[i].empty()) return std::nullopt;
    } else if (pattern[i] == path[i]) {
      ++literal;
    } else {
      return std::nullopt;
    }
  }
  return literal;
}

}  // namespace

void RouteTable::Add(Route route) {
  auto found = std::find_if(patterns_.begin(), patterns_.end(),
                            [&](const Pattern& pattern) { return pattern.text == route.pattern; });
  if (found == patterns_.end())
    found = patterns_.insert(found, Pattern{route.pattern, Segments(route.pattern), {}});
  std::string method = route.method;
  found->routes.emplace(std::move(method), std::move(route));
}

void RouteTable::Add(std::vector<Route> routes) {
  for (Route& route : routes) Add(std::move(route));
}

std::optional<RouteTable::Match> RouteTable::Find(const std::string& method,
                                                  const std::vector<std::string>& path) const {
  const Pattern* best = nullptr;
  int most = -1;
  for (const Pattern& pattern : patterns_) {
    const auto literal = Fit(pattern.segments, path);
    if (!literal || *literal <= most) continue;
    best = &pattern;
    most = *literal;
  }
  if (best == nullptr) return std::nullopt;
  Match match;
  match.pattern = best->text;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (IsParameter(best->segments[i])) match.parameters[best->segments[i].substr(1)] = path[i];
  }
  for (const auto& [name, route] : best->routes) {
    match.methods.push_back(name);
    if (name == "GET") match.methods.emplace_back("HEAD");
  }
  match.methods.emplace_back("OPTIONS");
  const auto found = best->routes.find(method == "HEAD" ? "GET" : method);
  if (found != best->routes.end()) match.route = &found->second;
  return match;
}

std::vector<const Route*> RouteTable::All() const {
  std::vector<const Route*> all;
  for (const Pattern& pattern : patterns_) {
    for (const auto& [method, route] : pattern.routes) all.push_back(&route);
  }
  return all;
}

HttpResponse JsonResponse(int status, const Json& body) {
  HttpResponse response;
  response.status = status;
  response.content_type = "application/json";
  response.body = DumpJson(body);
  return response;
}

}  // namespace syncline::gateway
