#include "executor/connectors/rest/rest_stream_reader.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "executor/connectors/rest/fake_api.h"
#include "executor/connectors/rest/reader_testing.h"

namespace syncline::executor {
namespace {

using connectors::PaginationKind;
using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr char kIncremental[] = R"(,"incremental":{"field":"/updated","param":"since"})";
constexpr char kLagged[] = R"(,"incremental":{"field":"/updated","param":"since","lag":"2s"})";

// Reads one pass from a cursor; returns the keys, sets the cursor it ends with.
std::vector<std::string> Pass(FakeApi& api, const std::string& config, std::string& cursor) {
  const auto reader = ReaderOf(config, cursor);
  std::vector<std::string> keys;
  for (bool last = false; !last;) {
    const auto page = reader->Consume(api.Answer(*reader->NextRequest()));
    EXPECT_TRUE(page.ok()) << page.error().message;
    if (!page.ok()) break;
    for (const Record& record : page->records) keys.push_back(record.key);
    cursor = page->cursor_json;
    last = page->last;
  }
  return keys;
}

TEST(RestIncremental, AsksFromTheMarkMinusLag) {
  for (const auto kind :
       {PaginationKind::kNone, PaginationKind::kPage, PaginationKind::kOffset,
        PaginationKind::kCursor, PaginationKind::kLinkHeader, PaginationKind::kNextUrl}) {
    FakeApi api(kind);
    api.records = NumberedRecords(10);
    std::reverse(api.records.begin(), api.records.end());
    std::string cursor;
    EXPECT_EQ(Pass(api, api.Config(kLagged), cursor).size(), 10);
    for (const std::string& since : api.since_seen) EXPECT_EQ(since, "");
    EXPECT_EQ(cursor, R"({"mark":"2024-01-01T00:00:09Z","order":"time"})");
    api.since_seen.clear();
    EXPECT_THAT(Pass(api, api.Config(kLagged), cursor), ElementsAre("r9", "r8", "r7"));
    for (const std::string& since : api.since_seen) EXPECT_EQ(since, "2024-01-01T00:00:07Z");
    api.records.push_back({"new", "2024-01-01T00:01:00Z"});
    EXPECT_THAT(Pass(api, api.Config(kIncremental), cursor), ElementsAre("r9", "new"));
  }
}

TEST(RestIncremental, KeepsTheMarkUntilThePassIsComplete) {
  FakeApi api(PaginationKind::kCursor);
  api.records = NumberedRecords(10);
  std::string cursor;
  Pass(api, api.Config(kIncremental), cursor);
  // The next pass finds the newest record on its first page, and is killed after it.
  for (int i = 0; i < 6; ++i) {
    api.records.push_back({fmt::format("n{}", i), fmt::format("2024-01-02T00:00:0{}Z", 9 - i)});
  }
  const auto killed = ReaderOf(api.Config(kIncremental), cursor);
  const auto page = killed->Consume(api.Answer(*killed->NextRequest()));
  EXPECT_EQ(json::parse(page->cursor_json)["mark"], "2024-01-01T00:00:09Z");
  EXPECT_EQ(json::parse(page->cursor_json)["high"], "2024-01-02T00:00:09Z");
  // Another reader goes on with the same parameter, and only then the mark moves, to what the first
  // had seen.
  api.since_seen.clear();
  cursor = page->cursor_json;
  EXPECT_THAT(Pass(api, api.Config(kIncremental), cursor), ElementsAre("n2", "n3", "n4", "n5"));
  for (const std::string& since : api.since_seen) EXPECT_EQ(since, "2024-01-01T00:00:09Z");
  EXPECT_EQ(cursor, R"({"mark":"2024-01-02T00:00:09Z","order":"time"})");
}

TEST(RestIncremental, KeepsTheMarkWhenNothingIsNew) {
  FakeApi api(PaginationKind::kPage);
  api.records = NumberedRecords(2);
  std::string cursor;
  Pass(api, api.Config(kIncremental), cursor);
  const std::string before = cursor;
  api.records.clear();
  EXPECT_TRUE(Pass(api, api.Config(kIncremental), cursor).empty());
  EXPECT_EQ(cursor, before);
}

TEST(RestIncremental, RecordsWithoutTheFieldAreKeptAndMoveNothing) {
  const auto reader = ReaderOf(ConfigWith(kIncremental));
  const auto page = reader->Consume(Ok(R"([{"id":1},{"id":2,"updated":null},{"id":3,"updated":{}},
                             {"id":4,"updated":5},{"updated":9}])"));
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->records.size(), 4);
  EXPECT_EQ(page->rejected, 1);
  EXPECT_EQ(page->cursor_json, R"({"mark":"5","order":"number"})");
}

TEST(RestIncremental, ALagOnTextIsAnErrorAndNotIgnored) {
  const auto reader = ReaderOf(ConfigWith(kLagged));
  const auto page = reader->Consume(Ok(R"([{"id":1,"updated":"PRIVATE"}])"));
  ASSERT_FALSE(page.ok());
  EXPECT_EQ(page.error().cls, ErrorClass::kData);
  EXPECT_THAT(page.error().message, HasSubstr("/updated holds values that are neither"));
  EXPECT_THAT(page.error().message, Not(HasSubstr("PRIVATE")));
}

TEST(RestIncremental, TimesFarAheadOfTheResponseDoNotEndAllSyncs) {
  const auto reader = ReaderOf(ConfigWith(kIncremental));
  const auto page = reader->Consume(
      {200,
       {{"date", "Wed, 01 May 2024 10:00:00 GMT"}},
       R"([{"id":1,"updated":"9999-12-31T00:00:00Z"},{"id":2,"updated":"2024-05-01T09:00:00Z"}])"});
  EXPECT_EQ(page->cursor_json, R"({"mark":"2024-05-01T09:00:00Z","order":"time"})");
}

TEST(RestAnswers, SayWhatCameInsteadOfJson) {
  const struct {
    const char* name;
    HttpResponse response;
    std::vector<const char*> words;
    const char* hidden;
  } cases[] = {
      {"html",
       {200, {{"content-type", "text/html"}}, "<html>\r\n<title>Login</title>"},
       {"is not JSON", "content type text/html", "<html>  <title>Login"},
       "\r"},
      {"secret", {200, {}, "<p>hello CANARY-token"}, {"is not JSON"}, "hello"},
      {"secret_further_on",
       {200, {}, "<p>hello" + std::string(5000, ' ') + "CANARY-token"},
       {"is not JSON"},
       "hello"},
      {"cut_json", {200, {}, R"([{"id":1,"name":"PRIVATE")"}, {"the body"}, "PRIVATE"},
      {"long",
       {200, {}, "text " + std::string(500, 'x')},
       {"it begins: text xxx"},
       "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},
      {"empty", {200, {}, ""}, {"the body is empty"}, "begins"},
  };
  for (const auto& row : cases) {
    const auto reader =
        ReaderOf(ConfigWith("", R"(,"auth":{"kind":"bearer","credential":"token"})"));
    const auto page = reader->Consume(row.response);
    ASSERT_FALSE(page.ok()) << row.name;
    EXPECT_EQ(page.error().cls, ErrorClass::kData);
    EXPECT_EQ(page.error().http_status, 200);
    for (const char* words : row.words) EXPECT_THAT(page.error().message, HasSubstr(words));
    EXPECT_THAT(page.error().message, Not(HasSubstr(row.hidden))) << row.name;
  }
}

TEST(RestAnswers, WithoutContentAreAnEmptyLastPage) {
  for (const char* pagination : {R"({"kind":"none"})", R"({"kind":"page"})",
                                 R"({"kind":"cursor","cursor":"/n","param":"c"})"}) {
    const auto reader =
        ReaderOf(ConfigWith(fmt::format(R"(,"records":"/d","pagination":{})", pagination)));
    const auto page = reader->Consume({204, {}, ""});
    ASSERT_TRUE(page.ok()) << page.error().message;
    EXPECT_TRUE(page->last);
    EXPECT_EQ(page->fetched, 0);
  }
}

}  // namespace
}  // namespace syncline::executor
