// Countries: by Link header behind an API key, and as a GraphQL connection.
#include <fmt/format.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "absl/strings/numbers.h"
#include "tests/support/sample_api/answer.h"
#include "tests/support/sample_api/api_server.h"

namespace syncline::sample_api {
namespace {

using httplib::Request;
using httplib::Response;
using nlohmann::json;

constexpr size_t kPage = 100;
constexpr size_t kLargestPage = 1000;
constexpr size_t kAnyNumber = std::numeric_limits<uint32_t>::max();

void AnswerLinked(const RecordList& list, const Request& request, Response& response) {
  const auto page = NumberParameter(request, response, "page", 1, 1, kAnyNumber);
  const auto per_page = NumberParameter(request, response, "per_page", kPage, 1, kLargestPage);
  if (!page || !per_page) return;
  const size_t pages = (list.size() + *per_page - 1) / *per_page;
  const auto link = [&](size_t number, const char* relation) {
    std::map<std::string, std::string> parameters(request.params.begin(), request.params.end());
    parameters["page"] = std::to_string(number);
    return fmt::format("<{}>; rel=\"{}\"", UrlWith(request, request.path, parameters), relation);
  };
  if (*page < pages) {
    response.set_header("Link", link(1, "first") + ", " + link(*page + 1, "next"));
  } else {
    response.set_header("Link", link(1, "first"));
  }
  AnswerJson(response, ToArray(list.Slice((*page - 1) * *per_page, *per_page)));
}

void AnswerGraphqlError(Response& response, const std::string& message) {
  AnswerJson(response, json{{"errors", {{{"message", message}}}}}.dump());
}

// Any query that names "countries" gets the whole Relay connection; the selection is not evaluated.
void AnswerGraphql(const RecordList& list, const Request& request, Response& response) {
  const json body = json::parse(request.body, nullptr, /*allow_exceptions=*/false);
  if (!body.is_object() || !body.contains("query") || !body["query"].is_string()) {
    return AnswerProblem(response, 400, "the body is not a GraphQL request");
  }
  if (body["query"].get<std::string>().find("countries") == std::string::npos) {
    return AnswerGraphqlError(response, "Cannot query this field on type \"Query\".");
  }
  const json variables =
      body.contains("variables") && body["variables"].is_object() ? body["variables"] : json({});
  const json first = variables.value("first", json(kPage));
  const json after = variables.value("after", json(nullptr));
  size_t offset = 0;
  const bool after_ok =
      after.is_null() || (after.is_string() && absl::SimpleAtoi(after.get<std::string>(), &offset));
  if (!first.is_number_unsigned() || first == 0 || first > kLargestPage || !after_ok) {
    return AnswerGraphqlError(response, "\"first\" or \"after\" has a bad value.");
  }
  const auto records = list.Slice(offset, first.get<size_t>());
  const size_t end = offset + records.size();
  AnswerJson(response, fmt::format(R"({{"data":{{"countries":{{"nodes":{},"pageInfo":)"
                                   R"({{"hasNextPage":{},"endCursor":"{}"}}}}}}}})",
                                   ToArray(records), end < list.size(), end));
}

}  // namespace

void AddCountriesRoutes(Routes& routes) {
  State& state = routes.state;
  routes.Get("/countries", [&](const Request& request, Response& response) {
    if (request.get_header_value("X-Api-Key") != state.options.api_key) {
      return AnswerProblem(response, 401, "the header X-Api-Key is missing or wrong");
    }
    AnswerLinked(state.countries, request, response);
  });
  routes.Post("/graphql", [&](const Request& request, Response& response) {
    AnswerGraphql(state.countries, request, response);
  });
}

}  // namespace syncline::sample_api
