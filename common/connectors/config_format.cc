#include "common/connectors/config_format.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/strings/ascii.h"
#include "common/base/text_time.h"
#include "common/connectors/header_rules.h"
#include "common/connectors/http_url.h"
#include "common/connectors/json_pointer.h"

namespace syncline::connectors {
namespace {

constexpr absl::Duration kMaxLag = absl::Hours(366 * 24);

absl::Status Invalid(const char* why) { return absl::InvalidArgumentError(why); }

absl::Status CheckBaseUrl(std::string_view value) {
  const absl::StatusOr<HttpUrl> url = ParseHttpUrl(value);
  if (!url.ok()) return url.status();
  if (value.find('?') != std::string_view::npos) {
    return Invalid("must have no query; put parameters into the streams' 'query'");
  }
  return absl::OkStatus();
}

bool IsStreamName(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.' || c == '-';
  });
}

absl::Status CheckQueryName(std::string_view value) {
  if (!IsHeaderValue(value)) return Invalid("must hold no control characters");
  if (IsSecretParameter(value)) {
    return Invalid("carries a secret: use 'auth' with kind api_key and in: query");
  }
  return absl::OkStatus();
}

// Levenshtein's distance, letters compared without case.
size_t Distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const bool same = absl::ascii_tolower(static_cast<unsigned char>(a[i - 1])) ==
                        absl::ascii_tolower(static_cast<unsigned char>(b[j - 1]));
      const size_t replaced = diagonal + (same ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replaced}));
    }
  }
  return row.back();
}

}  // namespace

absl::Status CheckFormat(std::string_view format, std::string_view value) {
  if (format == "stream-name") {
    return IsStreamName(value) ? absl::OkStatus()
                               : Invalid("may hold only letters, digits, '_', '.' and '-'");
  }
  if (format == "http-base-url") return CheckBaseUrl(value);
  if (format == "url-path") return CheckUrlPath(value);
  if (format == "json-pointer") return JsonPointer::Parse(value).status();
  if (format == "query-name") return CheckQueryName(value);
  if (format == "http-header-name") return CheckConfigHeaderName(value);
  if (format == "http-header-value") {
    return IsHeaderValue(value) ? absl::OkStatus()
                                : Invalid("must be one line without control characters");
  }
  if (format == "http-token") {
    return IsHttpToken(value) ? absl::OkStatus() : Invalid("is not a header name");
  }
  if (format == "lag") {
    return ParseLag(value) ? absl::OkStatus()
                           : Invalid("must be a duration from 0s to 8784h such as 60s, 5m or 24h");
  }
  return absl::InternalError("has a format that this build does not know");
}

std::optional<absl::Duration> ParseLag(std::string_view text) {
  const std::optional<absl::Duration> lag = ParseDurationText(text);
  if (!lag || *lag < absl::ZeroDuration() || *lag > kMaxLag) return std::nullopt;
  return lag;
}

std::string NearestName(std::string_view name, const std::vector<std::string>& known) {
  std::string nearest;
  size_t best = std::max<size_t>(2, name.size() / 3) + 1;
  if (name.size() > 100) return nearest;
  for (const std::string& candidate : known) {
    const size_t distance = Distance(name, candidate);
    if (distance < best && distance < candidate.size()) {
      best = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

}  // namespace syncline::connectors
