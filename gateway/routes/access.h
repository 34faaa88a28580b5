// Who may use the API, and from where: tokens (rule 11), and pages of other origins.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/http/message.h"

namespace syncline::gateway {

inline constexpr char kSessionCookie[] = "syncline_session";

// Any thread.
class Access {
 public:
  // The name of a token; nullopt for nobody's.
  using NameOf = std::function<std::optional<std::string>(std::string_view token)>;

  // Without `name_of` nobody is asked for a token, and the port is a loopback one.
  explicit Access(NameOf name_of) : name_of_(std::move(name_of)) {}

  bool asks_for_tokens() const { return name_of_ != nullptr; }
  std::optional<std::string> NameOfToken(std::string_view token) const;

  // The name of the caller's token, from its Authorization header or else its session cookie;
  // nullopt: none, or nobody's.
  std::optional<std::string> CallerOf(const HttpRequest& request) const;

  // 401 when the caller needs a token and has none; nullopt when all is well.
  std::optional<HttpResponse> RefuseStranger(const HttpRequest& request) const;

  // 403 for a change that a page of another origin asks for. Without tokens also for a Host that is
  // not this machine's own name: such a page has had its name pointed here (DNS rebinding).
  std::optional<HttpResponse> RefuseForeignPage(const HttpRequest& request) const;

 private:
  NameOf name_of_;
};

// The cookie that keeps `token` in a browser, where no script reads it; an empty one removes it.
// Only over TLS when that is how `request` came, as far as its Origin tells.
std::string SessionCookie(const HttpRequest& request, std::string_view token);

}  // namespace syncline::gateway
