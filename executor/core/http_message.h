// One HTTP exchange as a connector sees it: what to ask, and what came back. Plain values, so that
// connectors are tested without a network.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline::executor {

// A request, complete: authentication is already in `headers` or `url`.
struct HttpRequest {
  std::string method = "GET";
  // Absolute, http or https. May hold a secret (an API key in the query), so it is never logged.
  std::string url;
  // The same URL with every secret replaced. The only form that logs and error messages may show.
  std::string redacted_url;
  // Sent in this order. May hold secrets.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

// A response that arrived whole, whatever its status.
struct HttpResponse {
  // 100-599.
  int status = 0;
  // In the order of arrival, names in lower case, values without surrounding white space. Those of
  // interim (1xx) responses and of trailers are left out.
  std::vector<std::pair<std::string, std::string>> headers;
  // Decoded: a compressed body is already unpacked.
  std::string body;

  // The first header of this name, which must be given in lower case, or null. Lives as long as
  // this response is not changed.
  const std::string* Header(std::string_view lower_case_name) const {
    for (const auto& [name, value] : headers) {
      if (name == lower_case_name) return &value;
    }
    return nullptr;
  }
};

}  // namespace syncline::executor
