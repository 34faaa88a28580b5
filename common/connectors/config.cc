#include "common/connectors/config.h"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <algorithm>
#include <cmath>

#include "common/connectors/config_format.h"
#include "common/connectors/validate_config.h"

namespace syncline::connectors {
namespace {

using nlohmann::json;

// The readers below run on a config that was found valid: what is there has its type, and pointers
// parse.

std::string Text(const json& object, const char* name, const char* fallback = "") {
  return object.value(name, std::string(fallback));
}

JsonPointer Pointer(const json& value) {
  return JsonPointer::Parse(value.get_ref<const std::string&>()).value();
}

std::optional<JsonPointer> OptionalPointer(const json& object, const char* name) {
  if (!object.contains(name)) return std::nullopt;
  return Pointer(object[name]);
}

Auth ReadAuth(const json& config) {
  Auth auth;
  const json given = config.value("auth", json::object());
  const std::string kind = Text(given, "kind", "none");
  if (kind == "none") return auth;
  auth.kind = kind == "bearer"    ? AuthKind::kBearer
              : kind == "api_key" ? AuthKind::kApiKey
                                  : AuthKind::kBasic;
  auth.credential = Text(given, "credential");
  auth.in_query = Text(given, "in", "header") == "query";
  auth.name = Text(given, "name");
  auth.username = Text(given, "username");
  auth.username_credential = Text(given, "usernameCredential");
  return auth;
}

Pagination ReadPagination(const json& stream) {
  Pagination pagination;
  const json given = stream.value("pagination", json::object());
  const std::string kind = Text(given, "kind", "none");
  if (kind == "page") {
    pagination.kind = PaginationKind::kPage;
    pagination.param = Text(given, "param", "page");
    pagination.size_param = Text(given, "sizeParam");
  } else if (kind == "offset") {
    pagination.kind = PaginationKind::kOffset;
    pagination.param = Text(given, "param", "offset");
    pagination.size_param = Text(given, "sizeParam", "limit");
  } else if (kind == "cursor") {
    pagination.kind = PaginationKind::kCursor;
    pagination.param = Text(given, "param");
  } else if (kind == "link_header") {
    pagination.kind = PaginationKind::kLinkHeader;
  } else if (kind == "next_url") {
    pagination.kind = PaginationKind::kNextUrl;
  }
  pagination.start = given.value("start", int64_t{1});
  if (given.contains("size")) pagination.size = given["size"].get<int64_t>();
  pagination.total_pages = OptionalPointer(given, "totalPages");
  pagination.total = OptionalPointer(given, "total");
  pagination.cursor = OptionalPointer(given, "cursor");
  pagination.cursor_header = Text(given, "cursorHeader");
  pagination.next = OptionalPointer(given, "next");
  return pagination;
}

RateLimit ReadRateLimit(const json& config) {
  RateLimit limit;
  const json given = config.value("rateLimit", json::object());
  if (given.contains("requestsPerSecond")) {
    limit.requests_per_second = given["requestsPerSecond"].get<double>();
    limit.burst = std::max(1, static_cast<int>(std::ceil(*limit.requests_per_second)));
  }
  limit.burst = given.value("burst", limit.burst);
  limit.concurrent = given.value("concurrent", limit.concurrent);
  return limit;
}

Stream ReadStream(const json& given) {
  Stream stream;
  stream.name = Text(given, "name");
  stream.path = Text(given, "path");
  const json query = given.value("query", json::object());
  for (const auto& [name, value] : query.items()) {
    stream.query.emplace_back(name, value.is_string() ? value.get<std::string>() : value.dump());
  }
  stream.records = OptionalPointer(given, "records").value_or(JsonPointer());
  for (const json& place : given["key"]) stream.key.push_back(Pointer(place));
  stream.pagination = ReadPagination(given);
  if (given.contains("incremental")) {
    const json& incremental = given["incremental"];
    stream.incremental = {Pointer(incremental["field"]), Text(incremental, "param"),
                          *ParseLag(Text(incremental, "lag", "0s"))};
  }
  const json fields = given.value("fields", json::object());
  for (const auto& [name, place] : fields.items()) {
    stream.fields.emplace(name, Pointer(place));
  }
  return stream;
}

json PointerText(const std::optional<JsonPointer>& pointer) {
  return pointer ? json(pointer->text()) : json();
}

}  // namespace

std::vector<std::string> Auth::credentials() const {
  std::vector<std::string> names;
  if (!credential.empty()) names.push_back(credential);
  if (!username_credential.empty()) names.push_back(username_credential);
  return names;
}

absl::StatusOr<RestConfig> ParseRestConfig(std::string_view config_json) {
  json given;
  const std::vector<FieldViolation> violations = CheckRestConfig(config_json, given);
  if (!violations.empty()) return InvalidFieldsError(violations);
  RestConfig config;
  config.base_url = Text(given, "baseUrl");
  while (config.base_url.back() == '/') config.base_url.pop_back();
  config.auth = ReadAuth(given);
  const json headers = given.value("headers", json::object());
  for (const auto& [name, value] : headers.items()) {
    config.headers.emplace_back(name, value.get<std::string>());
  }
  config.rate_limit = ReadRateLimit(given);
  for (const json& stream : given["streams"]) config.streams.push_back(ReadStream(stream));
  return config;
}

std::string DefinitionHash(const RestConfig& config, const Stream& stream) {
  // nlohmann keeps members sorted, so that one meaning has one text.
  json definition = {{"baseUrl", config.base_url},
                     {"headers", config.headers},
                     {"path", stream.path},
                     {"query", stream.query},
                     {"records", stream.records.text()}};
  for (const JsonPointer& place : stream.key) definition["key"].push_back(place.text());
  const Pagination& pages = stream.pagination;
  definition["pagination"] = {{"kind", static_cast<int>(pages.kind)},
                              {"param", pages.param},
                              {"sizeParam", pages.size_param},
                              {"size", pages.size.value_or(0)},
                              {"start", pages.start},
                              {"totalPages", PointerText(pages.total_pages)},
                              {"total", PointerText(pages.total)},
                              {"cursor", PointerText(pages.cursor)},
                              {"cursorHeader", pages.cursor_header},
                              {"next", PointerText(pages.next)}};
  if (stream.incremental) {
    definition["incremental"] = {{"field", stream.incremental->field.text()},
                                 {"param", stream.incremental->param}};
  }
  for (const auto& [name, place] : stream.fields) definition["fields"][name] = place.text();
  const std::string text = definition.dump();
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  std::string hex;
  for (size_t i = 0; i < 16; ++i) hex += fmt::format("{:02x}", digest[i]);
  return hex;
}

}  // namespace syncline::connectors
