#include "scheduler/rpc/field_checks.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/ids.h"
#include "common/rpc/proto_time.h"

namespace syncline::scheduler {
namespace {

constexpr int kMostTenantCharacters = 200;
constexpr int kMostIdCharacters = 200;
constexpr std::size_t kMostRequestIdBytes = 128;
constexpr int kMostPageSize = 1000;
constexpr std::int64_t kFirstSecond =
    -62135596800;                                   // 0001-01-01, as google.protobuf.Timestamp says
constexpr std::int64_t kLastSecond = 253402300799;  // 9999-12-31
constexpr std::int32_t kNanosPerSecond = 1'000'000'000;

int CountCharacters(std::string_view text) {
  return static_cast<int>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

// C0, DEL and C1 (which UTF-8 writes as C2 80 to C2 9F).
bool HasControlCharacter(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x20 || c == 0x7F) return true;
    if (c == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0)
      return true;
  }
  return false;
}

// "59 s", "-5 s", "90.5 s".
std::string InSeconds(const google::protobuf::Duration& duration) {
  if (duration.nanos() == 0) return fmt::format("{} s", duration.seconds());
  return fmt::format("{} s", static_cast<double>(duration.seconds()) + duration.nanos() / 1e9);
}

// "60 s", "366 days".
std::string InWords(absl::Duration duration) {
  const absl::Duration day = absl::Hours(24);
  if (duration >= day && duration % day == absl::ZeroDuration()) {
    return fmt::format("{} days ({} s)", duration / day, absl::ToInt64Seconds(duration));
  }
  return fmt::format("{} s", absl::ToInt64Seconds(duration));
}

}  // namespace

absl::Status ToStatus(const Violations& violations) {
  return violations.empty() ? absl::OkStatus() : InvalidFieldsError(violations);
}

void CheckText(std::string_view text, const std::string& field, int most, Violations& violations) {
  const int characters = CountCharacters(text);
  if (characters > most) {
    violations.push_back(
        {field, fmt::format("has {} characters, at most {} are allowed", characters, most)});
  }
  if (HasControlCharacter(text)) {
    violations.push_back(
        {field, "holds a control character (such as NUL, tab or a line end); remove it"});
  }
}

void CheckRequiredText(std::string_view text, const std::string& field, int most,
                       Violations& violations) {
  if (text.find_first_not_of(' ') == std::string_view::npos) {
    violations.push_back({field, fmt::format("is required: 1 to {} characters", most)});
    return;
  }
  CheckText(text, field, most, violations);
}

void CheckTenant(std::string_view tenant, const std::string& field, Violations& violations) {
  CheckText(tenant, field, kMostTenantCharacters, violations);
}

void CheckUuid(std::string_view id, const std::string& field, Violations& violations) {
  if (!ParseUuid(id)) violations.push_back({field, "must be a UUID, as answers give it"});
}

void CheckRequestId(std::string_view id, Violations& violations) {
  const bool printable =
      std::all_of(id.begin(), id.end(), [](char c) { return c >= 0x20 && c <= 0x7E; });
  if (printable && id.size() <= kMostRequestIdBytes) return;
  violations.push_back(
      {"request_id",
       "must be 1 to 128 printable ASCII characters (a UUID is a good one), or empty"});
}

IntegrationRef CheckRef(std::string_view tenant, std::string_view id, Violations& violations) {
  CheckTenant(tenant, "tenant_id", violations);
  CheckRequiredText(id, "integration_id", kMostIdCharacters, violations);
  return {std::string(tenant), std::string(id)};
}

int CheckPageSize(std::int32_t page_size, int by_default, Violations& violations) {
  if (page_size < 0 || page_size > kMostPageSize) {
    violations.push_back({"page_size", fmt::format("is {}; use 1 to {}, or 0 for {}", page_size,
                                                   kMostPageSize, by_default)});
    return by_default;
  }
  return page_size == 0 ? by_default : page_size;
}

std::optional<absl::Duration> CheckSeconds(const google::protobuf::Duration& duration,
                                           const std::string& field, absl::Duration shortest,
                                           absl::Duration longest, std::string_view otherwise,
                                           Violations& violations) {
  const absl::Duration value = rpc::FromProto(duration);
  if (duration.nanos() == 0 && value >= shortest && value <= longest) return value;
  violations.push_back(
      {field, fmt::format("is {}; use whole seconds from {} to {}{}", InSeconds(duration),
                          InWords(shortest), InWords(longest), otherwise)});
  return std::nullopt;
}

std::optional<absl::Time> CheckTime(const google::protobuf::Timestamp& time,
                                    const std::string& field, Violations& violations) {
  if (time.seconds() >= kFirstSecond && time.seconds() <= kLastSecond && time.nanos() >= 0 &&
      time.nanos() < kNanosPerSecond) {
    return rpc::FromProto(time);
  }
  violations.push_back({field, "must be a time from 0001-01-01T00:00:00Z to 9999-12-31T23:59:59Z"});
  return std::nullopt;
}

FieldViolation BadPageToken() {
  return {"page_token", "is not a token of this list; leave it empty to begin anew"};
}

}  // namespace syncline::scheduler
