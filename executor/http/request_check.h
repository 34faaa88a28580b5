// The last look at a request before it is sent. libcurl would send CR and LF in a header value as
// they are, and so let a value become a header of its own; and it understands URLs in ways of its
// own, so it is its parser that decides here and its parsed form that is connected to.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "executor/core/http_message.h"

namespace syncline::executor {

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

// A URL as libcurl will use it.
struct RequestTarget {
  std::unique_ptr<CURLU, FreeUrl> url;
  // "https://api.example.com:443", in lower case: what shares connections.
  std::string origin;
};

// INVALID_ARGUMENT with what is wrong, free of any value of the request, when
//  - the URL is not absolute http or https, has a user in it, or holds characters no URL may hold;
//  - the method is not a token (RFC 9110, 5.6.2);
//  - a header name is not a token, or is one that the client itself must set (Host, Content-Length,
//    Transfer-Encoding, Accept-Encoding, ...), or a header value has a control character other than
//    tab.
absl::StatusOr<RequestTarget> CheckRequest(const HttpRequest& request);

// The host of a URL that is known to be safe to show; "the server" if it cannot be read.
std::string HostToShow(const std::string& redacted_url);

}  // namespace syncline::executor
