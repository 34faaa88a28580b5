#include "tests/support/sample_api/answer.h"

#include <fmt/format.h>

#include <cctype>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/numbers.h"

namespace syncline::sample_api {
namespace {

std::string PercentEncoded(std::string_view text) {
  std::string encoded;
  for (unsigned char c : text) {
    if (std::isalnum(c) != 0 || c == '-' || c == '.' || c == '_' || c == '~') {
      encoded.push_back(static_cast<char>(c));
    } else {
      encoded += fmt::format("%{:02X}", c);
    }
  }
  return encoded;
}

int HttpStatusOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kNotFound:
      return 404;
    case absl::StatusCode::kAlreadyExists:
      return 409;
    default:
      return 400;
  }
}

}  // namespace

std::string ToArray(const std::vector<RecordPtr>& records) {
  std::string text = "[";
  for (const RecordPtr& record : records) {
    if (text.size() > 1) text += ",";
    text += record->text;
  }
  text += "]";
  return text;
}

std::string Quoted(std::string_view text) { return nlohmann::json(text).dump(); }

void AnswerJson(httplib::Response& response, std::string body) {
  response.status = 200;
  response.set_content(body, "application/json");
}

void AnswerProblem(httplib::Response& response, int status, std::string_view detail) {
  response.status = status;
  const nlohmann::json problem = {{"type", "about:blank"}, {"status", status}, {"detail", detail}};
  response.set_content(problem.dump(), "application/problem+json");
}

void AnswerStatus(httplib::Response& response, const absl::Status& status) {
  if (status.ok()) {
    response.status = 204;
  } else {
    AnswerProblem(response, HttpStatusOf(status), std::string(status.message()));
  }
}

std::optional<size_t> NumberParameter(const httplib::Request& request, httplib::Response& response,
                                      const std::string& name, size_t fallback, size_t low,
                                      size_t high) {
  if (!request.has_param(name.c_str())) return fallback;
  const std::string text = request.get_param_value(name.c_str());
  size_t value = 0;
  if (!absl::SimpleAtoi(text, &value) || value < low || value > high) {
    AnswerProblem(response, 400,
                  fmt::format("{} is '{}', must be a number from {} to {}", name, text, low, high));
    return std::nullopt;
  }
  return value;
}

std::string BaseUrl(const httplib::Request& request) {
  return "http://" + request.get_header_value("Host");
}

std::string UrlWith(const httplib::Request& request, const std::string& path,
                    const std::map<std::string, std::string>& parameters) {
  std::string url = BaseUrl(request) + path;
  char separator = '?';
  for (const auto& [name, value] : parameters) {
    url += fmt::format("{}{}={}", separator, PercentEncoded(name), PercentEncoded(value));
    separator = '&';
  }
  return url;
}

}  // namespace syncline::sample_api
