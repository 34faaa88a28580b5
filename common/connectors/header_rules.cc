#include "common/connectors/header_rules.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace syncline::connectors {
namespace {

constexpr std::string_view kProtocolHeaders[] = {
    "Accept-Encoding",   "Connection", "Content-Length",   "Expect", "Host",
    "HTTP2-Settings",    "Keep-Alive", "Proxy-Connection", "TE",     "Trailer",
    "Transfer-Encoding", "Upgrade"};
constexpr std::string_view kSecretHeaders[] = {
    "Api-Key",        "ApiKey",    "Authorization", "Cookie", "Proxy-Authorization",
    "X-Access-Token", "X-Api-Key", "X-Auth-Token"};
constexpr std::string_view kSecretParameters[] = {"access_token", "api-key",    "api_key",
                                                  "apikey",       "auth_token", "client_secret",
                                                  "password",     "secret"};

template <size_t n>
bool Among(const std::string_view (&names)[n], std::string_view name) {
  return std::any_of(std::begin(names), std::end(names), [&](std::string_view known) {
    return absl::EqualsIgnoreCase({known.data(), known.size()}, {name.data(), name.size()});
  });
}

}  // namespace

bool IsHttpToken(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           kMarks.find(c) != std::string_view::npos;
  });
}

bool IsHeaderValue(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    return c != '\t' && absl::ascii_iscntrl(static_cast<unsigned char>(c));
  });
}

bool IsProtocolHeader(std::string_view name) { return Among(kProtocolHeaders, name); }
bool IsSecretHeader(std::string_view name) { return Among(kSecretHeaders, name); }
bool IsSecretParameter(std::string_view name) { return Among(kSecretParameters, name); }

absl::Status CheckConfigHeaderName(std::string_view name) {
  if (!IsHttpToken(name)) {
    return absl::InvalidArgumentError(
        "is not a header name: letters, digits and !#$%&'*+-.^_`|~ only");
  }
  if (IsProtocolHeader(name)) {
    return absl::InvalidArgumentError("is set by Syncline itself and cannot be overridden");
  }
  if (IsSecretHeader(name)) {
    return absl::InvalidArgumentError(
        "carries a secret: use 'auth' and store the secret as a credential");
  }
  return absl::OkStatus();
}

}  // namespace syncline::connectors
