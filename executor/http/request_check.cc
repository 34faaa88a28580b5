#include "executor/http/request_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"

namespace syncline::executor {
namespace {

struct FreeCurlText {
  void operator()(char* text) const { curl_free(text); }
};

// Those that frame a message or belong to the connection, which is ours to run.
constexpr std::string_view kReservedHeaders[] = {
    "accept-encoding",
    "connection",
    "content-length",
    "expect",
    "host",
    "http2-settings",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
};

bool IsToken(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return absl::ascii_isalnum(c) ||
           std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

bool HasControlCharacter(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7f; });
}

std::string Lower(std::string_view text) {
  return absl::AsciiStrToLower(absl::string_view(text.data(), text.size()));
}

std::string Part(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) return "";
  const std::unique_ptr<char, FreeCurlText> owned(text);
  return owned.get();
}

absl::Status BadRequest(std::string_view problem) {
  return absl::InvalidArgumentError(std::string(problem));
}

absl::StatusOr<RequestTarget> ParseTarget(const std::string& url) {
  if (url.find('\0') != std::string::npos) return BadRequest("the URL has a NUL in it");
  RequestTarget target;
  target.url.reset(curl_url());
  const CURLUcode code = curl_url_set(target.url.get(), CURLUPART_URL, url.c_str(),
                                      CURLU_DISALLOW_USER | CURLU_NON_SUPPORT_SCHEME);
  if (code != CURLUE_OK) return BadRequest(fmt::format("the URL: {}", curl_url_strerror(code)));
  const std::string scheme = Lower(Part(target.url.get(), CURLUPART_SCHEME));
  if (scheme != "http" && scheme != "https") {
    return BadRequest("the URL is neither http nor https");
  }
  target.origin = fmt::format("{}://{}:{}", scheme, Lower(Part(target.url.get(), CURLUPART_HOST)),
                              Part(target.url.get(), CURLUPART_PORT));
  return target;
}

absl::Status CheckHeader(const std::string& name, const std::string& value) {
  if (!IsToken(name)) return BadRequest("a header name has a character that no name may have");
  const std::string lower = Lower(name);
  if (std::find(std::begin(kReservedHeaders), std::end(kReservedHeaders), lower) !=
      std::end(kReservedHeaders)) {
    return BadRequest(fmt::format("the header {} is set by the client itself", lower));
  }
  if (HasControlCharacter(value)) {
    return BadRequest(fmt::format("the value of the header {} has a control character", lower));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<RequestTarget> CheckRequest(const HttpRequest& request) {
  if (!IsToken(request.method)) return BadRequest("the method is not an HTTP method");
  for (const auto& [name, value] : request.headers) {
    if (absl::Status status = CheckHeader(name, value); !status.ok()) return status;
  }
  return ParseTarget(request.url);
}

std::string HostToShow(const std::string& redacted_url) {
  const std::unique_ptr<CURLU, FreeUrl> url(curl_url());
  if (curl_url_set(url.get(), CURLUPART_URL, redacted_url.c_str(), 0) != CURLUE_OK) {
    return "the server";
  }
  return Part(url.get(), CURLUPART_HOST);
}

}  // namespace syncline::executor
