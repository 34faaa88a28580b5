#include "gateway/routes/gateway_routes.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/ascii.h"
#include "common/base/log.h"
#include "gateway/http/gzip.h"
#include "gateway/routes/problem.h"

namespace syncline::gateway {
namespace {

constexpr char kMergePatchType[] = "application/merge-patch+json";
constexpr char kJsonType[] = "application/json";

// "Application/JSON; charset=utf-8" → "application/json".
std::string MediaType(const HttpRequest& request) {
  const std::string header = request.Header("Content-Type");
  std::string type = header.substr(0, header.find(';'));
  absl::StripAsciiWhitespace(&type);
  return absl::AsciiStrToLower(type);
}

// Sets `body`, or says what is wrong with the request's.
std::optional<HttpResponse> ReadBody(const HttpRequest& request, BodyRule rule, Json& body) {
  if (rule == BodyRule::kNone) {
    if (request.body.empty() || request.method == "GET" || request.method == "HEAD")
      return std::nullopt;
    return MakeProblem(400, "MALFORMED", "a body is not taken here; send none");
  }
  if (request.body.empty() && rule == BodyRule::kOptionalJson) return std::nullopt;
  const std::string type = MediaType(request);
  const bool patch = rule == BodyRule::kMergePatch && type == kMergePatchType;
  if (type != kJsonType && !patch) {
    HttpResponse refusal = MakeProblem(
        415, "UNSUPPORTED_MEDIA_TYPE",
        fmt::format("the body must be JSON and say so: 'Content-Type: {}'{}", kJsonType,
                    rule == BodyRule::kMergePatch ? fmt::format(" or '{}'", kMergePatchType) : ""));
    refusal.Set(rule == BodyRule::kMergePatch ? "Accept-Patch" : "Accept-Post",
                rule == BodyRule::kMergePatch ? fmt::format("{}, {}", kMergePatchType, kJsonType)
                                              : kJsonType);
    return refusal;
  }
  if (request.body.empty()) return MakeProblem(400, "MALFORMED", "a body is required: JSON");
  auto parsed = ParseJson(request.body);
  if (!parsed.ok()) return MakeProblem(parsed.status());
  body = *std::move(parsed);
  return std::nullopt;
}

bool Has(const HttpResponse& response, std::string_view name) {
  return std::any_of(response.headers.begin(), response.headers.end(),
                     [&](const auto& header) { return header.first == name; });
}

void AddCarefulHeaders(HttpResponse& response) {
  const std::pair<const char*, const char*> headers[] = {
      {"X-Content-Type-Options", "nosniff"},
      {"X-Frame-Options", "DENY"},
      {"Referrer-Policy", "no-referrer"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
      {"Cache-Control", "no-store"},
      {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
  };
  for (const auto& [name, value] : headers) {
    if (!Has(response, name)) response.Set(name, value);
  }
}

bool IsApi(const HttpRequest& request) {
  return !request.path.empty() && request.path.front() == "api";
}

}  // namespace

GatewayRoutes::GatewayRoutes(Parts parts) : parts_(std::move(parts)) {
  table_.Add(std::move(parts_.routes));
}

HttpResponse GatewayRoutes::Refuse(int status, const std::string& reason,
                                   const std::string& detail) {
  HttpResponse refusal = MakeProblem(status, reason, detail);
  AddCarefulHeaders(refusal);
  return refusal;
}

HttpResponse GatewayRoutes::Handle(const HttpRequest& request) const {
  const auto began = std::chrono::steady_clock::now();
  std::string pattern = "none";
  HttpResponse response = Answer(request, pattern);
  AddCarefulHeaders(response);
  CompressBody(request, response);
  const absl::Duration took = absl::FromChrono(std::chrono::steady_clock::now() - began);
  LogDebug("answered", {{"method", request.method},
                        {"route", pattern},
                        {"status", response.status},
                        {"micros", absl::ToInt64Microseconds(took)}});
  if (response.status >= 500) {
    LogWarning("a request could not be served",
               {{"method", request.method}, {"route", pattern}, {"status", response.status}});
  }
  if (parts_.on_answer) parts_.on_answer(pattern, request.method, response.status, took);
  return response;
}

HttpResponse GatewayRoutes::Answer(const HttpRequest& request, std::string& pattern) const {
  if (IsApi(request)) return AnswerApi(request, pattern);
  const auto match = table_.Find(request.method, request.path);
  if (match) {
    pattern = match->pattern;
    return CallRoute(request, *match);
  }
  if (request.method != "GET" && request.method != "HEAD") {
    HttpResponse refusal =
        MakeProblem(405, "METHOD_NOT_ALLOWED", "only GET and HEAD are answered here");
    refusal.Set("Allow", "GET, HEAD");
    return refusal;
  }
  pattern = "console";
  return parts_.files(request);
}

// Strangers learn nothing, not even which paths there are.
HttpResponse GatewayRoutes::AnswerApi(const HttpRequest& request, std::string& pattern) const {
  if (auto refusal = parts_.access->RefuseForeignPage(request)) return *std::move(refusal);
  const auto match = table_.Find(request.method, request.path);
  if (match) pattern = match->pattern;
  const bool open = match && match->route != nullptr && match->route->open;
  if (!open) {
    if (auto refusal = parts_.access->RefuseStranger(request)) return *std::move(refusal);
  }
  if (!match) {
    return MakeProblem(404, "NO_SUCH_PATH",
                       "there is no such path; /api/docs shows those that there are");
  }
  return CallRoute(request, *match);
}

HttpResponse GatewayRoutes::CallRoute(const HttpRequest& request,
                                      const RouteTable::Match& match) const {
  if (match.route == nullptr) {
    HttpResponse answer;
    if (request.method == "OPTIONS") {
      answer.status = 204;
    } else {
      answer = MakeProblem(405, "METHOD_NOT_ALLOWED",
                           fmt::format("this path has {}", fmt::join(match.methods, ", ")));
    }
    answer.Set("Allow", fmt::format("{}", fmt::join(match.methods, ", ")));
    return answer;
  }
  RouteCall call{request, match.parameters, Json()};
  if (auto refusal = ReadBody(request, match.route->body, call.body)) return *std::move(refusal);
  return match.route->handle(call);
}

}  // namespace syncline::gateway
