#include "gateway/json/json_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/errors.h"
#include "gateway/json/mistakes.h"
#include "gateway/json/object_reader.h"
#include "gateway/json/proto_values.h"

namespace syncline::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Need = ObjectReader::Need;

std::string Nested(int levels) { return std::string(levels, '[') + std::string(levels, ']'); }

TEST(ParseJson, SaysWhatIsWrong) {
  struct Row {
    const char* name;
    std::string text;
    const char* says;
  };
  const std::vector<Row> rows = {
      {"not JSON", "{\"a\":}", "at byte 6"},
      {"cut", "{\"a\":1", "not JSON"},
      {"two values", "1 2", "not JSON"},
      {"not UTF-8", "\"\xFF\"", "not JSON"},
      {"a name twice", R"({"a":1,"b":{"a":2},"a":3})", "\"a\" stands twice"},
      {"too deep", Nested(101), "deeper than 100"},
      {"far too deep", Nested(200'000), "deeper than 100"},
      {"a huge number", "[1e999]", "number overflow"},
  };
  for (const Row& row : rows) {
    const auto parsed = ParseJson(row.text);
    EXPECT_THAT(parsed.status().ToString(), HasSubstr(row.says)) << row.name;
    EXPECT_EQ(ReasonOf(parsed.status()), "MALFORMED") << row.name;
  }
  EXPECT_TRUE(ParseJson(Nested(100)).ok());
  EXPECT_EQ(*ParseJson(R"({"a":{"x":1},"b":{"x":1}})"),
            Json::parse(R"({"a":{"x":1},"b":{"x":1}})"));
}

TEST(Struct, GivesBackWhatItGot) {
  const Json config =
      Json::parse(R"({"a":[1,-2.5,true,null,"é",{"b":{}}],"big":9007199254740992,"none":[]})");
  Mistakes mistakes;
  EXPECT_EQ(FromStruct(ToStruct(config, "/config", mistakes)), config);
  EXPECT_THAT(mistakes, IsEmpty());
  EXPECT_EQ(FromStruct(ToStruct(config, "", mistakes)).dump(), config.dump());
}

TEST(Struct, RefusesWhatItWouldChange) {
  Mistakes mistakes;
  ToStruct(Json::parse(R"({"a/b":[9007199254740993]})"), "/config", mistakes);
  Json deep = Json::object();
  Json* at = &deep;
  for (int i = 0; i < 30; ++i) at = &((*at)["x"] = Json::object());
  ToStruct(deep, "/config", mistakes);
  ASSERT_EQ(mistakes.size(), 2U);
  EXPECT_EQ(mistakes[0].where, "/config/a~1b/0");
  EXPECT_THAT(mistakes[1].detail, HasSubstr("deeper than 30"));
}

TEST(ObjectReader, GathersEveryMistake) {
  const Json object = Json::parse(
      R"({"text":1,"flag":"yes","number":1.5,"big":1e300,"huge":18446744073709551615,"null":null,"object":[],"what/ever":1})");
  Mistakes mistakes;
  ObjectReader reader(object, "/in", &mistakes);
  EXPECT_EQ(reader.Text("text", Need::kOptional), std::nullopt);
  EXPECT_EQ(reader.Boolean("flag", Need::kOptional), std::nullopt);
  for (const char* name : {"number", "big", "huge"})
    EXPECT_EQ(reader.Integer(name, Need::kOptional, 0, 100), std::nullopt);
  EXPECT_EQ(reader.Text("null", Need::kOptional), std::nullopt);
  EXPECT_EQ(reader.Object("object", Need::kOptional), nullptr);
  EXPECT_EQ(reader.Text("missing", Need::kRequired), std::nullopt);
  reader.RefuseUnknown();
  std::vector<std::string> places;
  for (const Mistake& mistake : mistakes) places.push_back(mistake.where);
  EXPECT_THAT(places, ElementsAre("/in/text", "/in/flag", "/in/number", "/in/big", "/in/huge",
                                  "/in/null", "/in/object", "/in/missing", "/in/what~1ever"));
}

TEST(ObjectReader, TakesWhatIsRight) {
  const Json object = Json::parse(R"({"whole":60.0,"low":-5,"none":null})");
  Mistakes mistakes;
  ObjectReader reader(object, "", &mistakes);
  EXPECT_EQ(reader.Integer("whole", Need::kRequired, 60, 60), 60);
  EXPECT_EQ(reader.Integer("low", Need::kRequired, -5, 0), -5);
  EXPECT_EQ(reader.Integer("none", Need::kOrNull, 0, 1), std::nullopt);
  reader.RefuseUnknown();
  EXPECT_THAT(mistakes, IsEmpty());
}

TEST(PlaceMistake, TellsFieldsByWhereTheyCameFrom) {
  struct Row {
    const char* field;
    Mistake place;
  };
  const FieldPlaces whole;
  const std::vector<Row> rows = {
      {"integration.config.streams[0].path", InBody("/config/streams/0/path", "")},
      {"integration.config/streams/0/key/1", InBody("/config/streams/0/key/1", "")},
      {"integration.sync_settings.sync_interval", InBody("/syncInterval", "")},
      {"integration.external_id", InBody("/externalId", "")},
      {"integration.credentials/api_key", InBody("/credentials/api_key", "")},
      {"sync_settings.max_retries", InBody("/maxRetries", "")},
      {"integration.id", InParameter("id", "")},
      {"integration_id", InParameter("id", "")},
      {"tenant_id", InParameter("tenantId", "")},
      {"page_token", InParameter("cursor", "")},
      {"page_size", InParameter("pageSize", "")},
      {"statuses/0", InParameter("status", "")},
      {"request_id", InHeader("Idempotency-Key", "")},
  };
  for (const Row& row : rows) EXPECT_EQ(PlaceMistake(row.field, "", whole), row.place) << row.field;
  const FieldPlaces check = {.integration = "/integration", .in_body = {"stream", "tenant_id"}};
  EXPECT_EQ(PlaceMistake("integration.config/baseUrl", "", check),
            InBody("/integration/config/baseUrl", ""));
  EXPECT_EQ(PlaceMistake("stream", "", check), InBody("/stream", ""));
  EXPECT_EQ(PlaceMistake("tenant_id", "", check), InBody("/tenantId", ""));
}

TEST(ParseTime, ReadsRfc3339AndNothingElse) {
  for (const char* good : {"2026-01-31T12:00:00Z", "2026-01-31T13:00:00.5+01:00"})
    EXPECT_TRUE(ParseTime(good)) << good;
  for (const char* bad : {"", "infinite-future", "2026-01-31", "yesterday", "1769860800"})
    EXPECT_FALSE(ParseTime(bad)) << bad;
  EXPECT_EQ(TimeText(*ParseTime("2026-01-31T13:00:00.5+01:00")), "2026-01-31T12:00:00.5Z");
}

}  // namespace
}  // namespace syncline::gateway
