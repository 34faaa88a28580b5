#include "gateway/routes/request_headers.h"

#include <algorithm>
#include <charconv>

#include "common/base/ids.h"

namespace syncline::gateway {
namespace {

constexpr char kIfMatch[] = "If-Match";
constexpr char kIdempotencyKey[] = "Idempotency-Key";
constexpr std::size_t kLongestKey = 128;
constexpr std::int64_t kNoVersion = -1;

}  // namespace

Precondition ReadIfMatch(const HttpRequest& request, Mistakes& mistakes) {
  Precondition precondition;
  if (!request.HasHeader(kIfMatch)) return precondition;
  precondition.given = true;
  const std::string header = request.Header(kIfMatch);
  std::string_view tag = header;
  if (tag == "*") return precondition;
  const bool weak = tag.starts_with("W/");
  if (weak) tag.remove_prefix(2);
  const bool quoted = tag.size() >= 2 && tag.front() == '"' && tag.back() == '"' &&
                      tag.substr(1, tag.size() - 2).find('"') == std::string_view::npos;
  if (!quoted) {
    mistakes.push_back(
        InHeader(kIfMatch, "must be one ETag as it was given, in its quotes (\"17\"), or *"));
    return precondition;
  }
  tag = tag.substr(1, tag.size() - 2);
  const auto [end, error] =
      std::from_chars(tag.data(), tag.data() + tag.size(), precondition.version);
  // Weak tags never match strongly, and what is no version of ours is nobody's.
  if (weak || error != std::errc() || end != tag.data() + tag.size() || precondition.version <= 0)
    precondition.version = kNoVersion;
  return precondition;
}

std::string ReadIdempotencyKey(const HttpRequest& request, Mistakes& mistakes) {
  if (!request.HasHeader(kIdempotencyKey)) return NewRandomUuid();
  std::string key = request.Header(kIdempotencyKey);
  const bool printable =
      std::all_of(key.begin(), key.end(), [](char c) { return c >= ' ' && c <= '~'; });
  if (key.empty() || key.size() > kLongestKey || !printable) {
    mistakes.push_back(InHeader(
        kIdempotencyKey, "must be 1 to 128 printable ASCII characters; a UUID is a good one"));
  }
  return key;
}

std::string ETagOf(std::int64_t version) { return "\"" + std::to_string(version) + "\""; }

}  // namespace syncline::gateway
