#include "executor/connectors/rest/fake_api.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "absl/time/time.h"
#include "common/connectors/http_url.h"

namespace syncline::executor {
namespace {

using connectors::PaginationKind;
using nlohmann::json;

std::string Decoded(std::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      decoded += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

std::map<std::string, std::string> Query(const std::string& query) {
  std::map<std::string, std::string> parameters;
  for (size_t begin = 0; begin < query.size();) {
    const size_t end = std::min(query.find('&', begin), query.size());
    const size_t equals = query.find('=', begin);
    parameters[Decoded(query.substr(begin, equals - begin))] =
        Decoded(query.substr(equals + 1, end - equals - 1));
    begin = end + 1;
  }
  return parameters;
}

std::string PaginationJson(PaginationKind kind, int page_size) {
  switch (kind) {
    case PaginationKind::kNone:
      return R"({"kind":"none"})";
    case PaginationKind::kPage:
      return fmt::format(R"({{"kind":"page","sizeParam":"size","size":{}}})", page_size);
    case PaginationKind::kOffset:
      return fmt::format(R"({{"kind":"offset","size":{},"total":"/total"}})", page_size);
    case PaginationKind::kCursor:
      return R"({"kind":"cursor","cursor":"/next","param":"after"})";
    case PaginationKind::kLinkHeader:
      return R"({"kind":"link_header"})";
    case PaginationKind::kNextUrl:
      return R"({"kind":"next_url","next":"/next"})";
  }
  return "";
}

}  // namespace

std::string FakeApi::Config(const std::string& stream_members) const {
  return fmt::format(
      R"({{"baseUrl":"https://api.example.com/v1","auth":{{"kind":"bearer","credential":"token"}},
        "streams":[{{"name":"items","path":"/items","records":"/data","key":["/id"],"pagination":{}{}}}]}})",
      PaginationJson(kind_, page_size_), stream_members);
}

HttpResponse FakeApi::Answer(const HttpRequest& request) {
  const auto authorized =
      std::any_of(request.headers.begin(), request.headers.end(), [&](const auto& header) {
        return header.first == "Authorization" && header.second == authorization;
      });
  if (!authorized) return {401, {}, "who is " + authorization};
  const auto url = connectors::ParseHttpUrl(request.url);
  if (!url.ok() || url->path != "/v1/items") return {404, {}, ""};
  auto query = Query(url->query);
  since_seen.push_back(query["since"]);

  std::vector<FakeRecord> selected;
  for (const FakeRecord& record : records) {
    if (record.updated >= query["since"]) selected.push_back(record);
  }
  size_t begin = 0;
  size_t size = static_cast<size_t>(page_size_);
  const std::string& after = query["after"];
  if (kind_ == PaginationKind::kNone) size = selected.size();
  if (kind_ == PaginationKind::kPage) begin = (std::stoul(query["page"]) - 1) * size;
  if (kind_ == PaginationKind::kOffset) begin = std::stoul(query["offset"]);
  if (!after.empty()) {
    if (after.substr(0, after.find(':')) != std::to_string(life_)) return {410, {}, ""};
    begin = std::stoul(after.substr(after.find(':') + 1));
  }
  const size_t end = std::min(begin + size, selected.size());

  json body = {{"data", json::array()}, {"total", selected.size()}, {"next", nullptr}};
  for (size_t i = begin; i < end; ++i) {
    body["data"].push_back({{"id", selected[i].id}, {"updated", selected[i].updated}});
  }
  HttpResponse response{200, {{"content-type", "application/json"}}, ""};
  if (end < selected.size()) {
    const std::string cursor = fmt::format("{}:{}", life_, end);
    const std::string since = query["since"].empty() ? "" : "&since=" + query["since"];
    const std::string next = "/v1/items?after=" + cursor + since;
    if (kind_ == PaginationKind::kCursor) body["next"] = cursor;
    if (kind_ == PaginationKind::kNextUrl) body["next"] = next;
    if (kind_ == PaginationKind::kLinkHeader) {
      response.headers.emplace_back("link", "</v1/items>; rel=\"first\", <" + next + ">; rel=next");
    }
  }
  response.body = body.dump();
  return response;
}

std::vector<FakeRecord> NumberedRecords(int n) {
  const absl::Time first = absl::FromCivil(absl::CivilSecond(2024, 1, 1), absl::UTCTimeZone());
  std::vector<FakeRecord> records;
  for (int i = 0; i < n; ++i) {
    records.push_back(
        {fmt::format("r{}", i),
         absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", first + absl::Seconds(i), absl::UTCTimeZone())});
  }
  return records;
}

}  // namespace syncline::executor
