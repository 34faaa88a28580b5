#include "common/connectors/http_url.h"

#include <curl/curl.h>

#include <algorithm>
#include <memory>

#include "absl/strings/ascii.h"

namespace syncline::connectors {
namespace {

constexpr size_t kMaxUrlBytes = 8192;

struct CurlUrlFree {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using CurlUrl = std::unique_ptr<CURLU, CurlUrlFree>;

absl::Status Refused(const char* why) { return absl::InvalidArgumentError(why); }

bool IsUrlCharacter(char c) {
  return c > ' ' && c < 0x7f && std::string_view("\"<>\\^`{|}").find(c) == std::string_view::npos;
}

absl::Status CheckText(std::string_view text) {
  if (text.size() > kMaxUrlBytes) return Refused("is longer than 8,192 bytes");
  for (const char c : text) {
    if (!IsUrlCharacter(c)) {
      return Refused(
          "holds a character that no URL may hold: percent-encode spaces, control and non-ASCII "
          "characters");
    }
  }
  return absl::OkStatus();
}

std::string Part(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return "";
  std::string copy(text);
  curl_free(text);
  return copy;
}

absl::StatusOr<HttpUrl> Split(CURLU* url) {
  HttpUrl parts;
  parts.scheme = absl::AsciiStrToLower(Part(url, CURLUPART_SCHEME));
  if (parts.scheme != "http" && parts.scheme != "https") {
    return Refused("must start with http:// or https://");
  }
  parts.host = absl::AsciiStrToLower(Part(url, CURLUPART_HOST));
  parts.port = Part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
  if (parts.port == "0") return Refused("has port 0; ports are 1 to 65535");
  parts.path = Part(url, CURLUPART_PATH);
  parts.query = Part(url, CURLUPART_QUERY);
  const bool default_port = Part(url, CURLUPART_PORT, CURLU_NO_DEFAULT_PORT).empty();
  parts.text = parts.scheme + "://" + parts.host + (default_port ? "" : ":" + parts.port) +
               parts.path + (parts.query.empty() ? "" : "?" + parts.query);
  return parts;
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The "name=value" parts of a query; empty ones are left out.
std::vector<std::string_view> Parameters(std::string_view query) {
  std::vector<std::string_view> parameters;
  for (size_t begin = 0; begin < query.size();) {
    const size_t end = std::min(query.find('&', begin), query.size());
    if (end > begin) parameters.push_back(query.substr(begin, end - begin));
    begin = end + 1;
  }
  return parameters;
}

// The name of one "name=value" of a query, decoded as forms are.
std::string ParameterName(std::string_view parameter) {
  const std::string_view raw = parameter.substr(0, parameter.find('='));
  std::string name;
  for (size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] == '%' && i + 2 < raw.size() && HexValue(raw[i + 1]) >= 0 &&
        HexValue(raw[i + 2]) >= 0) {
      name += static_cast<char>(HexValue(raw[i + 1]) * 16 + HexValue(raw[i + 2]));
      i += 2;
    } else {
      name += raw[i] == '+' ? ' ' : raw[i];
    }
  }
  return name;
}

}  // namespace

absl::StatusOr<HttpUrl> ParseHttpUrl(std::string_view text) {
  if (absl::Status status = CheckText(text); !status.ok()) return status;
  const std::string lower = absl::AsciiStrToLower(std::string(text.substr(0, 9)));
  if (lower.rfind("http://", 0) != 0 && lower.rfind("https://", 0) != 0) {
    return Refused("must be absolute and start with http:// or https://");
  }
  if (text.find('#') != std::string_view::npos) return Refused("must have no fragment ('#…')");
  // libcurl takes "https:///v1" for the host v1.
  const size_t host = text.find("://") + 3;
  if (host == text.size() || text[host] == '/') return Refused("is a URL without a host");
  const CurlUrl url(curl_url());
  const CURLUcode code =
      curl_url_set(url.get(), CURLUPART_URL, std::string(text).c_str(), CURLU_DISALLOW_USER);
  if (code == CURLUE_USER_NOT_ALLOWED) {
    return Refused("must hold no user name or password; use 'auth' with kind basic");
  }
  if (code == CURLUE_BAD_PORT_NUMBER) return Refused("has a bad port; ports are 1 to 65535");
  if (code != CURLUE_OK) return Refused("is not a URL such as https://api.example.com/v1");
  return Split(url.get());
}

absl::StatusOr<HttpUrl> ResolveUrl(const HttpUrl& base, std::string_view reference) {
  const std::string_view target = reference.substr(0, reference.find('#'));
  if (absl::Status status = CheckText(target); !status.ok()) return status;
  const CurlUrl url(curl_url());
  if (curl_url_set(url.get(), CURLUPART_URL, base.text.c_str(), 0) != CURLUE_OK) {
    return Refused("has no base to start from");
  }
  if (!target.empty() && curl_url_set(url.get(), CURLUPART_URL, std::string(target).c_str(),
                                      CURLU_DISALLOW_USER) != CURLUE_OK) {
    return Refused("is not an http or https URL");
  }
  const std::string text = Part(url.get(), CURLUPART_URL);
  return ParseHttpUrl(text);
}

absl::Status CheckUrlPath(std::string_view path) {
  if (path.rfind("//", 0) == 0 ||
      path.substr(0, path.find_first_of("/?")).find(':') != std::string_view::npos) {
    return Refused("must be a path below baseUrl such as /invoices, not an address of its own");
  }
  if (path.find('#') != std::string_view::npos) return Refused("must have no fragment ('#…')");
  if (absl::Status status = CheckText(path); !status.ok()) return status;
  for (size_t i = 0; i < path.size(); ++i) {
    if (path[i] != '%') continue;
    if (i + 2 >= path.size() || HexValue(path[i + 1]) < 0 || HexValue(path[i + 2]) < 0) {
      return Refused(
          "has a '%' that is not followed by two hex digits; a plain '%' is written %25");
    }
  }
  return absl::OkStatus();
}

std::string PercentEncode(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '.' || c == '_' ||
        c == '~') {
      encoded += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      encoded += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return encoded;
}

void AppendQueryParameter(std::string& url, std::string_view name, std::string_view value) {
  const size_t query = url.find('?');
  if (query == std::string::npos) {
    url += '?';
  } else if (url.back() != '?' && url.back() != '&') {
    url += '&';
  }
  url += PercentEncode(name) + "=" + PercentEncode(value);
}

std::vector<std::string> QueryNames(std::string_view query) {
  std::vector<std::string> names;
  for (const std::string_view part : Parameters(query)) names.push_back(ParameterName(part));
  return names;
}

std::string QueryWithout(std::string_view query, std::string_view name) {
  std::string kept;
  for (const std::string_view part : Parameters(query)) {
    if (ParameterName(part) == name) continue;
    if (!kept.empty()) kept += '&';
    kept += part;
  }
  return kept;
}

}  // namespace syncline::connectors
