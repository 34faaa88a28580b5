// Checks of the fields that many requests share. Each adds what is wrong together with what would
// be right, so that an answer names every bad field at once.
#pragma once

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/base/errors.h"
#include "scheduler/core/integration_directory.h"

namespace syncline::scheduler {

using Violations = std::vector<FieldViolation>;

// OK without violations, else INVALID_FIELDS with all of them.
absl::Status ToStatus(const Violations& violations);

// At most `most` characters (of UTF-8, not bytes) and no control characters; empty is fine.
void CheckText(std::string_view text, const std::string& field, int most, Violations& violations);
// The same, and neither empty nor blank.
void CheckRequiredText(std::string_view text, const std::string& field, int most,
                       Violations& violations);
void CheckTenant(std::string_view tenant, const std::string& field, Violations& violations);
void CheckUuid(std::string_view id, const std::string& field, Violations& violations);
// 1 to 128 printable ASCII characters, or empty.
void CheckRequestId(std::string_view id, Violations& violations);

// The fields `tenant_id` and `integration_id` (ours or the backend's) of a request.
IntegrationRef CheckRef(std::string_view tenant, std::string_view id, Violations& violations);

// The page size to use: `page_size`, or `by_default` for 0.
int CheckPageSize(std::int32_t page_size, int by_default, Violations& violations);

// Whole seconds from `shortest` to `longest`; nullopt with a violation for anything else.
// `otherwise` ends the sentence on what would be right ("; leave it out for manual only").
std::optional<absl::Duration> CheckSeconds(const google::protobuf::Duration& duration,
                                           const std::string& field, absl::Duration shortest,
                                           absl::Duration longest, std::string_view otherwise,
                                           Violations& violations);

// Within the range of google.protobuf.Timestamp.
std::optional<absl::Time> CheckTime(const google::protobuf::Timestamp& time,
                                    const std::string& field, Violations& violations);

// For a page token that is not one of the list.
FieldViolation BadPageToken();

}  // namespace syncline::scheduler
