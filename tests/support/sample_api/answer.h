// Writing answers and reading parameters, the same way in every route.
#pragma once

#include <httplib.h>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "tests/support/sample_api/record_list.h"

namespace syncline::sample_api {

// The records as a JSON array.
std::string ToArray(const std::vector<RecordPtr>& records);

// Text as a JSON string, with its quotes.
std::string Quoted(std::string_view text);

void AnswerJson(httplib::Response& response, std::string body);

// An RFC 9457 problem.
void AnswerProblem(httplib::Response& response, int status, std::string_view detail);

// A problem for a failed status (400, 404, 409), 204 without a body for OK.
void AnswerStatus(httplib::Response& response, const absl::Status& status);

// A whole number parameter: `fallback` when it is missing; answers 400 and returns nothing when it
// is no number within [low, high].
std::optional<size_t> NumberParameter(const httplib::Request& request, httplib::Response& response,
                                      const std::string& name, size_t fallback, size_t low,
                                      size_t high);

// "http://host:port" as the client called it.
std::string BaseUrl(const httplib::Request& request);

// The absolute URL of `path` with `parameters`, percent-encoded.
std::string UrlWith(const httplib::Request& request, const std::string& path,
                    const std::map<std::string, std::string>& parameters);

}  // namespace syncline::sample_api
