#include "gateway/routes/problem.h"

#include <algorithm>
#include <utility>

#include "common/base/errors.h"
#include "common/base/log.h"
#include "gateway/json/json_text.h"

namespace syncline::gateway {
namespace {

constexpr char kRetrySeconds[] = "2";

int HttpStatusOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
      return 400;  // MALFORMED; fields are told apart
    case absl::StatusCode::kNotFound:
      return 404;
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kFailedPrecondition:
      return 409;
    case absl::StatusCode::kAborted:
      return ReasonOf(status) == "VERSION_MISMATCH" ? 412 : 503;
    case absl::StatusCode::kResourceExhausted:
      return 429;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      return 503;
    default:
      return 500;
  }
}

Json ToJson(const Mistake& mistake) {
  const char* place = "pointer";
  if (mistake.place == Mistake::Place::kParameter) place = "parameter";
  if (mistake.place == Mistake::Place::kHeader) place = "header";
  return {{place, mistake.where}, {"detail", mistake.detail}};
}

}  // namespace

const char* StatusWords(int status) {
  switch (status) {
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 503:
      return "Service Unavailable";
    default:
      return "Internal Server Error";
  }
}

HttpResponse MakeProblem(int status, const std::string& reason, const std::string& detail,
                         const Mistakes& errors,
                         const std::map<std::string, std::string>& metadata) {
  Json problem = {{"type", "about:blank"},
                  {"title", StatusWords(status)},
                  {"status", status},
                  {"detail", detail},
                  {"reason", reason}};
  if (!errors.empty()) {
    problem["errors"] = Json::array();
    for (const Mistake& mistake : errors) problem["errors"].push_back(ToJson(mistake));
  }
  if (!metadata.empty()) problem["metadata"] = metadata;
  HttpResponse response;
  response.status = status;
  response.content_type = "application/problem+json";
  response.body = DumpJson(problem);
  if (status == 429 || status == 503) response.Set("Retry-After", kRetrySeconds);
  return response;
}

HttpResponse MakeProblem(const Mistakes& mistakes) {
  const bool body = std::any_of(mistakes.begin(), mistakes.end(), [](const Mistake& mistake) {
    return mistake.place == Mistake::Place::kBody;
  });
  return MakeProblem(body ? 422 : 400, "INVALID_FIELDS",
                     mistakes.size() == 1 ? "one field is wrong: errors says which and why"
                                          : std::to_string(mistakes.size()) +
                                                " fields are wrong: errors says which and why",
                     mistakes);
}

HttpResponse MakeProblem(const absl::Status& status, const FieldPlaces& places) {
  const std::vector<FieldViolation> fields = FieldsOf(status);
  if (!fields.empty()) {
    Mistakes mistakes;
    for (const FieldViolation& field : fields)
      mistakes.push_back(PlaceMistake(field.field, field.description, places));
    return MakeProblem(mistakes);
  }
  const std::string reason = ReasonOf(status);
  if (reason.empty()) {
    LogError("a request failed", {{"error", status}});
    return MakeProblem(500, "INTERNAL", "internal error; the gateway's log has the details");
  }
  return MakeProblem(HttpStatusOf(status), reason, std::string(status.message()), {},
                     MetadataOf(status));
}

}  // namespace syncline::gateway
