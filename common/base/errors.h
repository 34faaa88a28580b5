// Errors with a machine-readable reason, made where the mistake is noticed and carried as payloads
// of absl::Status, so that every surface (gRPC, REST, logs) shows the same reason and the same
// fields. common/rpc turns them into google.rpc.ErrorInfo and google.rpc.BadRequest.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace syncline {

// One bad field of a request: its path ("sync_settings.sync_interval", "config/streams/0/key/1"),
// and what is wrong with it together with what would be right.
struct FieldViolation {
  std::string field;
  std::string description;

  friend bool operator==(const FieldViolation&, const FieldViolation&) = default;
};

// INVALID_ARGUMENT that lists every bad field at once, reason INVALID_FIELDS. `fields` must not be
// empty.
absl::Status InvalidFieldsError(const std::vector<FieldViolation>& fields);

// A status with a reason in UPPER_SNAKE_CASE and optional metadata (values are shown to callers: no
// secrets).
absl::Status ReasonError(absl::StatusCode code, std::string_view reason, const std::string& message,
                         const std::map<std::string, std::string>& metadata = {});

// The reason, fields and metadata that a status carries; empty where it has none.
std::string ReasonOf(const absl::Status& status);
std::vector<FieldViolation> FieldsOf(const absl::Status& status);
std::map<std::string, std::string> MetadataOf(const absl::Status& status);

// The SQLSTATE (five characters) of a status that came from PostgreSQL.
absl::Status WithSqlState(absl::Status status, std::string_view sqlstate);
std::optional<std::string> SqlStateOf(const absl::Status& status);

// A plain status with a fmt-made message: absl::Status wants absl::string_view, ours is std's.
inline absl::Status MakeStatus(absl::StatusCode code, std::string_view message) {
  return absl::Status(code, absl::string_view(message.data(), message.size()));
}

}  // namespace syncline
