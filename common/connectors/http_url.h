// Addresses of third-party APIs. One parser (libcurl's, the one that also connects) judges, splits,
// joins and compares them, so that a check and the request that follows never read the same text
// differently. Pure functions of their arguments; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace syncline::connectors {

// An absolute http(s) URL in its parts, normalised as libcurl does: host in lower case, numeric
// IPv4 forms as dotted quads, dot segments of the path removed.
struct HttpUrl {
  std::string scheme;  // "http" or "https"
  std::string host;    // IPv6 in brackets
  std::string port;    // always set
  std::string path;    // starts with '/'
  std::string query;   // without '?', as it was sent
  std::string text;    // the whole, without fragment

  std::string origin() const { return scheme + "://" + host + ":" + port; }
};

// INVALID_ARGUMENT with a sentence that says what would be right. Refused: other schemes, relative
// URLs, user info, fragments, spaces, control and non-ASCII characters, more than 8,192 bytes.
absl::StatusOr<HttpUrl> ParseHttpUrl(std::string_view text);

// `reference` (absolute or relative, RFC 3986 section 5) seen from `base`; its fragment is dropped.
// Refused as by ParseHttpUrl.
absl::StatusOr<HttpUrl> ResolveUrl(const HttpUrl& base, std::string_view reference);

// OK when `path` can be appended to a base URL: plain ASCII, well-formed percent escapes, no
// fragment, and not an address of its own. May hold a query.
absl::Status CheckUrlPath(std::string_view path);

// Percent-encodes all but RFC 3986's unreserved characters.
std::string PercentEncode(std::string_view text);

// Adds name=value (both encoded here) to a URL's text.
void AppendQueryParameter(std::string& url, std::string_view name, std::string_view value);

// The names of a query's parameters, decoded, and the query without those of one name.
std::vector<std::string> QueryNames(std::string_view query);
std::string QueryWithout(std::string_view query, std::string_view name);

}  // namespace syncline::connectors
