#include "executor/connectors/rest/request_builder.h"

#include <fmt/format.h>

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "common/connectors/header_rules.h"

namespace syncline::executor {
namespace {

using connectors::AuthKind;

constexpr std::string_view kRedacted = "REDACTED";
// Shorter ones (a user name "me") would turn up in any text by chance.
constexpr size_t kMinSecretLength = 4;

std::string JoinedUrl(std::string_view base, std::string_view path) {
  std::string url(base);
  if (path.empty()) return url;
  if (path.front() != '/' && path.front() != '?') url += '/';
  url += path;
  return url;
}

SyncError Unsendable(std::string_view name) {
  return {ErrorClass::kAuth,
          fmt::format("the credential \"{}\" is empty or holds a line break or control character; "
                      "store it again",
                      name),
          0, std::nullopt};
}

}  // namespace

SyncResult<RequestBuilder> RequestBuilder::Make(const connectors::RestConfig& config,
                                                const connectors::Stream& stream,
                                                const Credentials& credentials) {
  RequestBuilder builder;
  const auto base_url = connectors::ParseHttpUrl(config.base_url);
  builder.base_ = JoinedUrl(config.base_url, stream.path);
  for (const auto& [name, value] : stream.query) {
    connectors::AppendQueryParameter(builder.base_, name, value);
  }
  const auto url = connectors::ParseHttpUrl(builder.base_);
  if (!base_url.ok() || !url.ok() || url->origin() != base_url->origin()) {
    return SyncError{ErrorClass::kConfig, "baseUrl and path make no http or https address", 0,
                     std::nullopt};
  }
  builder.origin_ = base_url->origin();

  for (const std::string& name : config.auth.credentials()) {
    const auto stored = credentials.find(name);
    if (stored == credentials.end()) {
      return SyncError{ErrorClass::kConfig,
                       fmt::format("auth names the credential \"{}\", which is not stored", name),
                       0, std::nullopt};
    }
    if (stored->second.empty() || !connectors::IsHeaderValue(stored->second)) {
      return Unsendable(name);
    }
    builder.secrets_.push_back(stored->second);
    builder.secrets_.push_back(connectors::PercentEncode(stored->second));
  }

  builder.headers_ = config.headers;
  const auto add_default = [&](const char* name, std::string value) {
    const bool given =
        std::any_of(config.headers.begin(), config.headers.end(),
                    [&](const auto& header) { return absl::EqualsIgnoreCase(header.first, name); });
    if (!given) builder.headers_.emplace_back(name, std::move(value));
  };
  add_default("Accept", "application/json");
  add_default("User-Agent", "syncline/" SYNCLINE_VERSION);

  const connectors::Auth& auth = config.auth;
  switch (auth.kind) {
    case AuthKind::kNone:
      break;
    case AuthKind::kBearer:
      builder.headers_.emplace_back("Authorization", "Bearer " + credentials.at(auth.credential));
      break;
    case AuthKind::kApiKey:
      if (auth.in_query) {
        builder.query_key_ = {auth.name, credentials.at(auth.credential)};
      } else {
        builder.headers_.emplace_back(auth.name, credentials.at(auth.credential));
      }
      break;
    case AuthKind::kBasic: {
      const std::string user = auth.username_credential.empty()
                                   ? auth.username
                                   : credentials.at(auth.username_credential);
      if (user.find(':') != std::string::npos) return Unsendable(auth.username_credential);
      const std::string token = absl::Base64Escape(user + ":" + credentials.at(auth.credential));
      builder.headers_.emplace_back("Authorization", "Basic " + token);
      builder.secrets_.push_back(token);
      break;
    }
  }
  return builder;
}

HttpRequest RequestBuilder::ForParameters(const QueryParameters& parameters) const {
  std::string url = base_;
  for (const auto& [name, value] : parameters) {
    connectors::AppendQueryParameter(url, name, value);
  }
  return Build(std::move(url));
}

HttpRequest RequestBuilder::ForUrl(std::string_view url) const { return Build(std::string(url)); }

HttpRequest RequestBuilder::Build(std::string url) const {
  HttpRequest request;
  request.headers = headers_;
  request.redacted_url = url;
  request.url = std::move(url);
  if (!query_key_.first.empty()) {
    connectors::AppendQueryParameter(request.url, query_key_.first, query_key_.second);
    connectors::AppendQueryParameter(request.redacted_url, query_key_.first, kRedacted);
  }
  return request;
}

SyncResult<std::string> RequestBuilder::NextUrl(const HttpRequest& request,
                                                std::string_view reference) const {
  const auto current = connectors::ParseHttpUrl(request.url);
  auto next = current.ok() ? connectors::ResolveUrl(*current, reference) : current;
  if (!next.ok()) {
    return SyncError{ErrorClass::kData,
                     fmt::format("the next page's address {}", next.status().message().data()), 0,
                     std::nullopt};
  }
  if (next->origin() != origin_) {
    return SyncError{
        ErrorClass::kConfig,
        fmt::format("the next page is at {}, not at {} as baseUrl; it is not followed, "
                    "because the credentials would go with it",
                    next->origin(), origin_),
        0, std::nullopt};
  }
  if (query_key_.first.empty()) return next->text;
  const std::string query = connectors::QueryWithout(next->query, query_key_.first);
  return next->text.substr(0, next->text.find('?')) + (query.empty() ? "" : "?" + query);
}

bool RequestBuilder::HoldsSecret(std::string_view text) const {
  return std::any_of(secrets_.begin(), secrets_.end(), [&](const std::string& secret) {
    return secret.size() >= kMinSecretLength && text.find(secret) != std::string_view::npos;
  });
}

}  // namespace syncline::executor
