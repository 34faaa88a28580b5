// Lists by page, offset, cursor and next URL, open and behind credentials.
#include <fmt/format.h>

#include <functional>
#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/str_split.h"
#include "tests/support/sample_api/answer.h"
#include "tests/support/sample_api/api_server.h"

namespace syncline::sample_api {
namespace {

using httplib::Request;
using httplib::Response;

constexpr size_t kDefaultPage = 500;
constexpr size_t kLargestPage = 5000;
constexpr size_t kAnyNumber = std::numeric_limits<uint32_t>::max();

void AnswerPage(const RecordList& list, const Request& request, Response& response) {
  const auto page = NumberParameter(request, response, "page", 1, 1, kAnyNumber);
  const auto per_page =
      NumberParameter(request, response, "per_page", kDefaultPage, 1, kLargestPage);
  if (!page || !per_page) return;
  const size_t pages = (list.size() + *per_page - 1) / *per_page;
  AnswerJson(response,
             fmt::format(R"({{"data":{},"page":{},"totalPages":{}}})",
                         ToArray(list.Slice((*page - 1) * *per_page, *per_page)), *page, pages));
}

void AnswerOffset(const RecordList& list, const Request& request, Response& response) {
  const auto offset = NumberParameter(request, response, "offset", 0, 0, kAnyNumber);
  const auto limit = NumberParameter(request, response, "limit", kDefaultPage, 1, kLargestPage);
  if (!offset || !limit) return;
  AnswerJson(response, fmt::format(R"({{"data":{},"offset":{},"total":{}}})",
                                   ToArray(list.Slice(*offset, *limit)), *offset, list.size()));
}

// "+00:00|" holds characters that a client must percent-encode.
std::string CursorOf(const Record& record) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3S%Ez", record.updated_at, absl::UTCTimeZone()) + "|" +
         record.key;
}

std::optional<absl::Time> ParseTimestamp(const std::string& text) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error)) return std::nullopt;
  return time;
}

std::optional<Position> ParseCursor(const std::string& cursor) {
  const std::vector<std::string> parts = absl::StrSplit(cursor, absl::MaxSplits('|', 1));
  if (parts.size() != 2) return std::nullopt;
  const auto time = ParseTimestamp(parts[0]);
  if (!time) return std::nullopt;
  return Position{*time, parts[1]};
}

struct CursorPage {
  std::vector<RecordPtr> records;
  std::optional<std::string> next;
};

// Nothing, after a 400, when a parameter is bad.
std::optional<CursorPage> ReadCursorPage(const RecordList& list, const Request& request,
                                         Response& response) {
  const auto limit = NumberParameter(request, response, "limit", kDefaultPage, 1, kLargestPage);
  if (!limit) return std::nullopt;
  std::optional<Position> after;
  if (request.has_param("after")) {
    after = ParseCursor(request.get_param_value("after"));
    if (!after) {
      AnswerProblem(response, 400, "after is not a cursor of this list");
      return std::nullopt;
    }
  }
  absl::Time since = absl::InfinitePast();
  if (request.has_param("updated_since")) {
    const auto parsed = ParseTimestamp(request.get_param_value("updated_since"));
    if (!parsed) {
      AnswerProblem(response, 400, "updated_since is not an RFC 3339 time");
      return std::nullopt;
    }
    since = *parsed;
  }
  CursorPage page{list.After(after, since, *limit + 1), std::nullopt};
  if (page.records.size() > *limit) {
    page.records.resize(*limit);
    page.next = CursorOf(*page.records.back());
  }
  return page;
}

void AnswerCursor(const RecordList& list, const Request& request, Response& response) {
  const auto page = ReadCursorPage(list, request, response);
  if (!page) return;
  if (page->next) response.set_header("X-Next-Cursor", *page->next);
  AnswerJson(response, fmt::format(R"({{"data":{},"meta":{{"next":{}}}}})", ToArray(page->records),
                                   page->next ? Quoted(*page->next) : "null"));
}

void AnswerNextUrl(const RecordList& list, const Request& request, Response& response) {
  const auto page = ReadCursorPage(list, request, response);
  if (!page) return;
  std::string next = "null";
  if (page->next) {
    std::map<std::string, std::string> parameters(request.params.begin(), request.params.end());
    parameters["after"] = *page->next;
    next = Quoted(UrlWith(request, request.path, parameters));
  }
  AnswerJson(response, fmt::format(R"({{"items":{},"next":{}}})", ToArray(page->records), next));
}

// Serves `handler` only to requests whose Authorization header is exactly `expected`.
Routes::Handler WithAuthorization(std::string expected, std::string scheme,
                                  Routes::Handler handler) {
  return [=](const Request& request, Response& response) {
    if (request.get_header_value("Authorization") == expected) return handler(request, response);
    AnswerProblem(response, 401, "the credentials are missing or wrong");
    response.set_header("WWW-Authenticate", scheme + " realm=\"sample\"");
  };
}

}  // namespace

void AddListRoutes(Routes& routes) {
  State& state = routes.state;
  const Routes::Handler language_pages = [&](const Request& request, Response& response) {
    AnswerPage(state.languages, request, response);
  };
  routes.Get("/languages", language_pages);
  routes.Get("/bearer/languages",
             WithAuthorization("Bearer " + state.options.token, "Bearer", language_pages));
  const auto basic =
      httplib::make_basic_authentication_header(state.options.user, state.options.password);
  routes.Get("/basic/languages", WithAuthorization(basic.second, "Basic", language_pages));
  routes.Get("/offset/languages", [&](const Request& request, Response& response) {
    AnswerOffset(state.languages, request, response);
  });
  routes.Get("/subdivisions", [&](const Request& request, Response& response) {
    AnswerCursor(state.subdivisions, request, response);
  });
  routes.Get("/next-url/subdivisions", [&](const Request& request, Response& response) {
    AnswerNextUrl(state.subdivisions, request, response);
  });
  routes.Get("/all/countries", [&](const Request&, Response& response) {
    AnswerJson(response, fmt::format(R"({{"data":{}}})",
                                     ToArray(state.countries.Slice(0, state.countries.size()))));
  });
}

}  // namespace syncline::sample_api
