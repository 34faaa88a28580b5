#include "gateway/routes/access.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "gateway/routes/problem.h"

namespace syncline::gateway {
namespace {

constexpr char kSessionSeconds[] = "2592000";  // 30 days
constexpr std::string_view kBearer = "Bearer ";

bool SameText(std::string_view a, std::string_view b) {
  return absl::EqualsIgnoreCase(absl::string_view(a.data(), a.size()),
                                absl::string_view(b.data(), b.size()));
}

bool Changes(const std::string& method) {
  return method != "GET" && method != "HEAD" && method != "OPTIONS";
}

std::optional<std::string> BearerOf(const HttpRequest& request) {
  const std::string header = request.Header("Authorization");
  if (header.size() <= kBearer.size() || !SameText(header.substr(0, kBearer.size()), kBearer))
    return std::nullopt;
  return header.substr(kBearer.size());
}

std::string_view WithoutPort(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

bool IsThisMachine(std::string_view host) {
  host = WithoutPort(host);
  const bool v4 = host.starts_with("127.") && std::all_of(host.begin(), host.end(), [](char c) {
                    return c == '.' || (c >= '0' && c <= '9');
                  });
  return v4 || SameText(host, "localhost") || host == "[::1]";
}

// "https://console.example.com" and "console.example.com:443" are one place.
bool IsOwnOrigin(std::string_view origin, std::string_view host) {
  const std::size_t end = origin.find("://");
  if (end == std::string_view::npos) return false;
  const std::string_view default_port = SameText(origin.substr(0, end), "https") ? ":443" : ":80";
  std::string_view there = origin.substr(end + 3);
  for (std::string_view* place : {&there, &host}) {
    if (place->ends_with(default_port)) place->remove_suffix(default_port.size());
  }
  return !there.empty() && SameText(there, host);
}

HttpResponse Unauthorized(const char* reason, const char* detail) {
  HttpResponse response = MakeProblem(401, reason, detail);
  response.Set("WWW-Authenticate", "Bearer realm=\"syncline\"");
  return response;
}

}  // namespace

std::optional<std::string> Access::NameOfToken(std::string_view token) const {
  return name_of_ == nullptr ? std::nullopt : name_of_(token);
}

std::optional<std::string> Access::CallerOf(const HttpRequest& request) const {
  if (request.HasHeader("Authorization")) {
    const auto token = BearerOf(request);
    return token ? NameOfToken(*token) : std::nullopt;
  }
  const auto cookie = request.Cookie(kSessionCookie);
  return cookie ? NameOfToken(*cookie) : std::nullopt;
}

std::optional<HttpResponse> Access::RefuseStranger(const HttpRequest& request) const {
  if (!asks_for_tokens() || CallerOf(request)) return std::nullopt;
  if (request.HasHeader("Authorization") || request.Cookie(kSessionCookie)) {
    return Unauthorized("INVALID_TOKEN", "the token is not known here; it may have been removed");
  }
  return Unauthorized("MISSING_TOKEN",
                      "a token is needed: send 'Authorization: Bearer TOKEN', or sign in at "
                      "POST /api/session");
}

std::optional<HttpResponse> Access::RefuseForeignPage(const HttpRequest& request) const {
  const std::string host = request.Header("Host");
  if (!asks_for_tokens() && !IsThisMachine(host)) {
    return MakeProblem(403, "HOST_NOT_LOOPBACK",
                       "this gateway asks for no tokens and so answers only to this machine's own "
                       "names: use localhost or 127.0.0.1, or set SYNC_API_TOKENS");
  }
  if (!Changes(request.method)) return std::nullopt;
  const bool foreign = request.HasHeader("Origin")
                           ? !IsOwnOrigin(request.Header("Origin"), host)
                           : request.Header("Sec-Fetch-Site") == "cross-site";
  if (!foreign) return std::nullopt;
  return MakeProblem(403, "CROSS_ORIGIN",
                     "changes are taken only from pages of this gateway's own origin, or from "
                     "programs, which send no Origin");
}

std::string SessionCookie(const HttpRequest& request, std::string_view token) {
  std::string cookie =
      std::string(kSessionCookie) + "=" + std::string(token) +
      "; Path=/; HttpOnly; SameSite=Strict; Max-Age=" + (token.empty() ? "0" : kSessionSeconds);
  const std::string origin = request.Header("Origin");
  if (origin.size() > 8 && SameText(origin.substr(0, 8), "https://")) cookie += "; Secure";
  return cookie;
}

}  // namespace syncline::gateway
