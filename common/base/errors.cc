#include "common/base/errors.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/cord.h"

namespace syncline {
namespace {

constexpr char kReasonUrl[] = "syncline/reason";
constexpr char kFieldsUrl[] = "syncline/fields";
constexpr char kMetadataUrl[] = "syncline/metadata";
constexpr char kSqlStateUrl[] = "syncline/sqlstate";

void SetPayload(absl::Status& status, const char* url, const std::string& value) {
  status.SetPayload(url, absl::Cord(value));
}

std::string PayloadOf(const absl::Status& status, const char* url) {
  auto payload = status.GetPayload(url);
  return payload ? std::string(*payload) : std::string();
}

}  // namespace

absl::Status InvalidFieldsError(const std::vector<FieldViolation>& fields) {
  nlohmann::json list = nlohmann::json::array();
  std::string message;
  for (const FieldViolation& field : fields) {
    list.push_back({field.field, field.description});
    message += (message.empty() ? "" : "; ") + field.field + ": " + field.description;
  }
  absl::Status status = ReasonError(absl::StatusCode::kInvalidArgument, "INVALID_FIELDS", message);
  SetPayload(status, kFieldsUrl,
             list.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  return status;
}

absl::Status ReasonError(absl::StatusCode code, std::string_view reason, const std::string& message,
                         const std::map<std::string, std::string>& metadata) {
  absl::Status status = MakeStatus(code, message);
  SetPayload(status, kReasonUrl, std::string(reason));
  if (!metadata.empty()) {
    SetPayload(
        status, kMetadataUrl,
        nlohmann::json(metadata).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  }
  return status;
}

std::string ReasonOf(const absl::Status& status) { return PayloadOf(status, kReasonUrl); }

std::vector<FieldViolation> FieldsOf(const absl::Status& status) {
  std::vector<FieldViolation> fields;
  const std::string payload = PayloadOf(status, kFieldsUrl);
  if (payload.empty()) return fields;
  for (const auto& entry : nlohmann::json::parse(payload)) {
    fields.push_back({entry.at(0).get<std::string>(), entry.at(1).get<std::string>()});
  }
  return fields;
}

std::map<std::string, std::string> MetadataOf(const absl::Status& status) {
  const std::string payload = PayloadOf(status, kMetadataUrl);
  if (payload.empty()) return {};
  return nlohmann::json::parse(payload).get<std::map<std::string, std::string>>();
}

absl::Status WithSqlState(absl::Status status, std::string_view sqlstate) {
  SetPayload(status, kSqlStateUrl, std::string(sqlstate));
  return status;
}

std::optional<std::string> SqlStateOf(const absl::Status& status) {
  std::string state = PayloadOf(status, kSqlStateUrl);
  if (state.empty()) return std::nullopt;
  return state;
}

}  // namespace syncline
