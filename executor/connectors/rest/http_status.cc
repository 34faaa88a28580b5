#include "executor/connectors/rest/http_status.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "absl/strings/ascii.h"
#include "common/connectors/http_url.h"

namespace syncline::executor {
namespace {

constexpr absl::Duration kMaxRetryAfter = absl::Hours(24);

ErrorClass ClassOf(int status, bool has_retry_after) {
  switch (status) {
    case 401:
      return ErrorClass::kAuth;
    case 403:  // GitHub and others limit with it
      return has_retry_after ? ErrorClass::kRateLimited : ErrorClass::kAuth;
    case 429:
      return ErrorClass::kRateLimited;
    case 503:
      return has_retry_after ? ErrorClass::kRateLimited : ErrorClass::kTransient;
    case 408:
    case 409:
    case 423:
    case 425:
      return ErrorClass::kTransient;
    default:
      break;
  }
  if (status >= 500 && status <= 599) return ErrorClass::kTransient;
  if (status >= 400 && status <= 499) return ErrorClass::kConfig;
  return ErrorClass::kData;
}

std::string_view Advice(int status, ErrorClass cls) {
  if (cls == ErrorClass::kAuth) return "the credentials were refused";
  if (cls == ErrorClass::kRateLimited) return "the API asks us to wait";
  if (cls == ErrorClass::kTransient) return "the API cannot answer now";
  switch (status) {
    case 400:
    case 422:
      return "the API refuses the request; check the query parameters";
    case 404:
    case 410:
      return "nothing is there; check baseUrl and path";
    case 405:
      return "it cannot be read with GET; check the path";
    default:
      break;
  }
  if (cls == ErrorClass::kConfig) return "the API refuses the request";
  return "a status that no sync can use";
}

SyncError Redirect(const HttpRequest& request, const HttpResponse& response) {
  std::string target = "an address that cannot be read";
  const auto base = connectors::ParseHttpUrl(request.url);
  const std::string* location = response.Header("location");
  if (base.ok() && location != nullptr) {
    const auto url = connectors::ResolveUrl(*base, *location);
    if (url.ok()) target = url->scheme + "://" + url->host;
  }
  return {
      ErrorClass::kConfig,
      fmt::format("{} answered {}, a redirect to {}; redirects are not followed: set baseUrl and "
                  "path to the final address",
                  Whereabouts(request), response.status, target),
      response.status, std::nullopt};
}

}  // namespace

std::optional<SyncError> StatusError(const HttpRequest& request, const HttpResponse& response) {
  const int status = response.status;
  if (status >= 200 && status <= 299) return std::nullopt;
  if (status == 301 || status == 302 || status == 303 || status == 307 || status == 308) {
    return Redirect(request, response);
  }
  const auto retry_after = RetryAfter(response);
  const ErrorClass cls = ClassOf(status, retry_after.has_value());
  SyncError error{
      cls, fmt::format("{} answered {}: {}", Whereabouts(request), status, Advice(status, cls)),
      status, std::nullopt};
  if (cls == ErrorClass::kRateLimited) error.retry_after = retry_after;
  return error;
}

bool IsUnknownPosition(int status) {
  return status == 400 || status == 404 || status == 410 || status == 422;
}

std::optional<absl::Duration> RetryAfter(const HttpResponse& response) {
  const std::string* text = response.Header("retry-after");
  if (text == nullptr || text->empty()) return std::nullopt;
  const bool digits = std::all_of(text->begin(), text->end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c));
  });
  if (digits) {
    int64_t seconds = 0;
    const auto parsed = std::from_chars(text->data(), text->data() + text->size(), seconds);
    if (parsed.ec != std::errc()) return kMaxRetryAfter;  // more seconds than fit into 64 bits
    return std::min(kMaxRetryAfter, absl::Seconds(seconds));
  }
  const auto until = ParseHttpDate(*text);
  const auto now = ResponseDate(response);
  if (!until || !now || *until < *now) return std::nullopt;
  return std::min(kMaxRetryAfter, *until - *now);
}

std::optional<absl::Time> ParseHttpDate(std::string_view text) {
  for (const char* format :
       {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"}) {
    absl::Time time;
    if (absl::ParseTime(format, std::string(text), &time, nullptr) &&
        time != absl::InfiniteFuture() && time != absl::InfinitePast()) {
      return time;
    }
  }
  return std::nullopt;
}

std::optional<absl::Time> ResponseDate(const HttpResponse& response) {
  const std::string* date = response.Header("date");
  return date == nullptr ? std::nullopt : ParseHttpDate(*date);
}

std::string_view Whereabouts(const HttpRequest& request) {
  std::string_view where = request.redacted_url;
  where = where.substr(0, where.find('?'));
  const size_t scheme = where.find("://");
  return scheme == std::string_view::npos ? where : where.substr(scheme + 3);
}

}  // namespace syncline::executor
