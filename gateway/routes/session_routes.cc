#include "gateway/routes/session_routes.h"

#include <algorithm>
#include <optional>
#include <string>

#include "gateway/json/object_reader.h"
#include "gateway/routes/problem.h"
#include "gateway/routes/query_reader.h"

namespace syncline::gateway {
namespace {

constexpr std::size_t kLongestToken = 512;

Json Session(const Access& access, const std::optional<std::string>& name) {
  return {{"authenticationRequired", access.asks_for_tokens()},
          {"authenticated", !access.asks_for_tokens() || name},
          {"tokenName", name ? Json(*name) : Json(nullptr)}};
}

std::optional<HttpResponse> RefuseParameters(const RouteCall& call) {
  Mistakes mistakes;
  QueryReader(call.request, &mistakes).RefuseUnknown();
  if (mistakes.empty()) return std::nullopt;
  return MakeProblem(mistakes);
}

HttpResponse Get(const Access& access, const RouteCall& call) {
  if (auto refusal = RefuseParameters(call)) return *std::move(refusal);
  return JsonResponse(200, Session(access, access.CallerOf(call.request)));
}

HttpResponse Create(const Access& access, const RouteCall& call) {
  Mistakes mistakes;
  QueryReader(call.request, &mistakes).RefuseUnknown();
  ObjectReader reader(call.body, "", &mistakes);
  const auto token = reader.Text("token", ObjectReader::Need::kRequired);
  reader.RefuseUnknown();
  // What a cookie holds, and no more of it than a token is.
  const bool fine = token && !token->empty() && token->size() <= kLongestToken &&
                    std::all_of(token->begin(), token->end(), [](char c) {
                      return c > ' ' && c <= '~' && c != '"' && c != ',' && c != ';' && c != '\\';
                    });
  if (token && !fine)
    reader.Complain("token",
                    "must be 1 to 512 printable ASCII characters, without blanks and \",;\\");
  if (!mistakes.empty()) return MakeProblem(mistakes);
  const auto name = access.NameOfToken(*token);
  if (access.asks_for_tokens() && !name) {
    HttpResponse refusal = MakeProblem(401, "INVALID_TOKEN", "the token is not known here");
    refusal.Set("WWW-Authenticate", "Bearer realm=\"syncline\"");
    return refusal;
  }
  HttpResponse response = JsonResponse(200, Session(access, name));
  response.Set("Set-Cookie", SessionCookie(call.request, *token));
  return response;
}

HttpResponse Delete(const RouteCall& call) {
  if (auto refusal = RefuseParameters(call)) return *std::move(refusal);
  HttpResponse response;
  response.status = 204;
  response.Set("Set-Cookie", SessionCookie(call.request, ""));
  return response;
}

}  // namespace

std::vector<Route> SessionRoutes(const Access* access) {
  const std::string path = "/api/session";
  return {
      {"GET", path, [access](const RouteCall& call) { return Get(*access, call); }, BodyRule::kNone,
       true},
      {"POST", path, [access](const RouteCall& call) { return Create(*access, call); },
       BodyRule::kJson, true},
      {"DELETE", path, Delete, BodyRule::kNone, true},
  };
}

}  // namespace syncline::gateway
