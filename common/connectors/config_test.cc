#include "common/connectors/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "common/base/errors.h"
#include "common/connectors/config_schema.h"

namespace syncline::connectors {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::Pair;

constexpr char kFull[] = R"({ "baseUrl": "https://api.example.com/v1/",
  "auth": {"kind": "api_key", "credential": "key", "in": "query", "name": "k"},
  "headers": {"Accept": "application/json"},
  "rateLimit": {"requestsPerSecond": 2.5, "concurrent": 2},
  "streams": [ {
    "name": "invoices", "path": "/invoices", "query": {"status": "open", "n": 10, "all": true},
    "records": "/data", "key": ["/a~1b", "/id"],
    "pagination": {"kind": "cursor", "cursor": "/meta/next", "param": "after"},
    "incremental": {"field": "/updated_at", "param": "since", "lag": "1h30m"},
    "fields": {"total": "/amounts/total"} } ] })";

constexpr char kSmall[] =
    R"({"baseUrl":"http://h","streams":[{"name":"a","path":"/a","key":["/id"]}]})";

RestConfig Parsed(const std::string& text) {
  auto config = ParseRestConfig(text);
  EXPECT_TRUE(config.ok()) << config.status();
  return *std::move(config);
}

TEST(ParseRestConfig, ReadsEverySetting) {
  const RestConfig config = Parsed(kFull);
  EXPECT_EQ(config.base_url, "https://api.example.com/v1");
  EXPECT_EQ(config.auth.kind, AuthKind::kApiKey);
  EXPECT_TRUE(config.auth.in_query);
  EXPECT_EQ(config.auth.name, "k");
  EXPECT_THAT(config.auth.credentials(), ElementsAre("key"));
  EXPECT_THAT(config.headers, ElementsAre(Pair("Accept", "application/json")));
  EXPECT_EQ(config.rate_limit.requests_per_second, 2.5);
  EXPECT_EQ(config.rate_limit.burst, 3);
  EXPECT_EQ(config.rate_limit.concurrent, 2);
  const Stream& stream = config.streams.at(0);
  EXPECT_THAT(stream.query,
              ElementsAre(Pair("all", "true"), Pair("n", "10"), Pair("status", "open")));
  EXPECT_THAT(stream.key[0].tokens(), ElementsAre("a/b"));
  EXPECT_EQ(stream.pagination.kind, PaginationKind::kCursor);
  EXPECT_EQ(stream.pagination.cursor->text(), "/meta/next");
  EXPECT_EQ(stream.incremental->lag, absl::Minutes(90));
  EXPECT_EQ(stream.fields.at("total").text(), "/amounts/total");
}

TEST(ParseRestConfig, FillsInTheDefaultsThatTheSchemaNames) {
  const json schema = json::parse(ConfigSchemaText(IntegrationType::kRest));
  const RestConfig config = Parsed(kSmall);
  EXPECT_EQ(config.auth.kind, AuthKind::kNone);
  EXPECT_EQ(config.rate_limit.requests_per_second, std::nullopt);
  EXPECT_EQ(config.rate_limit.concurrent,
            schema["properties"]["rateLimit"]["properties"]["concurrent"]["default"]);
  const Stream& stream = config.streams.at(0);
  EXPECT_EQ(stream.pagination.kind, PaginationKind::kNone);
  EXPECT_TRUE(stream.records.tokens().empty());
  EXPECT_FALSE(stream.incremental.has_value());

  const json& kinds = schema["definitions"]["stream"]["properties"]["pagination"]["oneOf"];
  for (const auto& [kind, text] :
       {std::pair(1, R"({"kind":"page"})"), std::pair(2, R"({"kind":"offset","size":5})")}) {
    json given = json::parse(kSmall);
    given["streams"][0]["pagination"] = json::parse(text);
    const Pagination pages = Parsed(given.dump()).streams[0].pagination;
    const json& settings = kinds[kind]["properties"];
    EXPECT_EQ(pages.param, settings["param"]["default"]);
    EXPECT_EQ(pages.size_param, settings.value("/sizeParam/default"_json_pointer, ""));
    EXPECT_EQ(pages.start, settings.value("/start/default"_json_pointer, 1));
  }
}

TEST(ParseRestConfig, RefusesWithEveryBadField) {
  const auto config = ParseRestConfig(R"({"baseUrl":"x","streams":[]})");
  ASSERT_FALSE(config.ok());
  EXPECT_EQ(FieldsOf(config.status()).size(), 2);
}

std::string HashOf(const json& given) {
  const RestConfig config = Parsed(given.dump());
  return DefinitionHash(config, config.streams.at(0));
}

TEST(DefinitionHash, IsTheSameForTheSameMeaning) {
  json given = json::parse(kFull);
  const std::string hash = HashOf(given);
  EXPECT_EQ(hash.size(), 32);
  json same = given;
  same["auth"] = {{"kind", "none"}};
  same["rateLimit"] = {{"concurrent", 9}};
  same["baseUrl"] = "https://api.example.com/v1";
  same["streams"][0]["name"] = "other";
  same["streams"][0]["incremental"]["lag"] = "0s";
  same["streams"][0]["query"]["n"] = "10";
  same["streams"].push_back({{"name", "b"}, {"path", "/b"}, {"key", {"/id"}}});
  EXPECT_EQ(HashOf(same), hash);
  const auto text = R"({"streams":[{"key":["/id"],"path":"/a","name":"a"}],"baseUrl":"http://h"})";
  EXPECT_EQ(HashOf(json::parse(text)), HashOf(json::parse(kSmall)));
  json explicit_defaults = json::parse(kSmall);
  explicit_defaults["streams"][0]["records"] = "";
  explicit_defaults["streams"][0]["pagination"] = {{"kind", "none"}};
  EXPECT_EQ(HashOf(explicit_defaults), HashOf(json::parse(kSmall)));
  // Kept in checkpoints: a change of this value drops every checkpoint at the next release.
  EXPECT_EQ(HashOf(json::parse(kSmall)), "2f0b80ae1e1990309a138fa3b29876fe");
}

TEST(DefinitionHash, ChangesWithEveryThingThatDecidesRecords) {
  const std::string hash = HashOf(json::parse(kFull));
  for (const auto& [place, value] :
       {std::pair<const char*, json>{"/baseUrl", "https://api.example.com/v2"},
        {"/headers/Accept", "a/b"},
        {"/streams/0/path", "/bills"},
        {"/streams/0/query/status", "paid"},
        {"/streams/0/records", "/items"},
        {"/streams/0/key", {"/id"}},
        {"/streams/0/pagination/param", "next"},
        {"/streams/0/pagination/cursor", "/next"},
        {"/streams/0/incremental/field", "/changed"},
        {"/streams/0/incremental/param", "from"},
        {"/streams/0/fields/total", "/total"},
        {"/streams/0/fields/x", "/x"}}) {
    json given = json::parse(kFull);
    given[json::json_pointer(place)] = value;
    EXPECT_NE(HashOf(given), hash) << place;
  }
}

}  // namespace
}  // namespace syncline::connectors
