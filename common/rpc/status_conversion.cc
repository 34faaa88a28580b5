#include "common/rpc/status_conversion.h"

#include <string>

#include "common/base/errors.h"
#include "common/base/log.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace syncline::rpc {
namespace {

constexpr char kReasonEnd[] = ": ";

absl::Status FromRefusal(const std::string& message) {
  const std::size_t end = message.find(kReasonEnd);
  const std::string reason = message.substr(0, end);
  const bool worded = end != std::string::npos &&
                      reason.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == std::string::npos;
  if (!worded) return MakeStatus(absl::StatusCode::kUnauthenticated, message);
  return ReasonError(absl::StatusCode::kUnauthenticated, reason,
                     message.substr(end + std::char_traits<char>::length(kReasonEnd)));
}

// What callers may read of an error that no code of ours worded for them.
const char* PlainText(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kAborted:
      return "the change met another one; try again";
    case absl::StatusCode::kUnavailable:
      return "temporarily unavailable; try again";
    default:
      return "internal error; the server's log has the details";
  }
}

}  // namespace

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  std::string reason = ReasonOf(status);
  std::string message(status.message());
  absl::StatusCode code = status.code();
  if (reason.empty()) {
    LogError("a call failed", {{"error", status}});
    message = PlainText(code);
    reason = absl::StatusCodeToString(code);
    if (code != absl::StatusCode::kAborted && code != absl::StatusCode::kUnavailable) {
      code = absl::StatusCode::kInternal;
    }
  } else if (reason == "DATABASE_UNAVAILABLE") {
    message = "the database is not available; try again";
  }
  google::rpc::Status details;
  details.set_code(static_cast<int>(code));
  details.set_message(message);
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  info.set_domain("syncline");
  for (const auto& [key, value] : MetadataOf(status)) (*info.mutable_metadata())[key] = value;
  details.add_details()->PackFrom(info);
  const std::vector<FieldViolation> fields = FieldsOf(status);
  if (!fields.empty()) {
    google::rpc::BadRequest bad;
    for (const FieldViolation& field : fields) {
      auto* violation = bad.add_field_violations();
      violation->set_field(field.field);
      violation->set_description(field.description);
    }
    details.add_details()->PackFrom(bad);
  }
  return grpc::Status(static_cast<grpc::StatusCode>(code), message, details.SerializeAsString());
}

std::string GuardMessage(const absl::Status& status) {
  if (status.ok()) return "";
  return ReasonOf(status) + kReasonEnd + std::string(status.message());
}

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const auto code = static_cast<absl::StatusCode>(status.error_code());
  if (code == absl::StatusCode::kUnauthenticated && status.error_details().empty())
    return FromRefusal(status.error_message());
  google::rpc::Status details;
  if (!details.ParseFromString(status.error_details()))
    return MakeStatus(code, status.error_message());
  std::string reason;
  std::map<std::string, std::string> metadata;
  std::vector<FieldViolation> fields;
  for (const auto& any : details.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::BadRequest bad;
    if (any.UnpackTo(&info)) {
      reason = info.reason();
      metadata.insert(info.metadata().begin(), info.metadata().end());
    } else if (any.UnpackTo(&bad)) {
      for (const auto& violation : bad.field_violations()) {
        fields.push_back({violation.field(), violation.description()});
      }
    }
  }
  if (!fields.empty()) return InvalidFieldsError(fields);
  if (reason.empty()) return MakeStatus(code, status.error_message());
  return ReasonError(code, reason, status.error_message(), metadata);
}

}  // namespace syncline::rpc
