#include "executor/connectors/rest/rest_stream_reader.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "executor/connectors/rest/fake_api.h"

namespace syncline::executor {
namespace {

using connectors::PaginationKind;
using nlohmann::json;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

const Credentials kCredentials = {{"token", "CANARY-token"}, {"user", "CANARY-user"}};

std::string ConfigWith(const std::string& stream_members, const std::string& members = "") {
  return fmt::format(R"({{"baseUrl":"https://api.example.com/v1"{},
      "streams":[{{"name":"items","path":"/items","key":["/id"]{}}}]}})",
                     members, stream_members);
}

std::unique_ptr<StreamReader> ReaderOf(const std::string& config, const std::string& cursor = "") {
  const auto parsed = connectors::ParseRestConfig(config);
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  auto reader = MakeRestStreamReader(*parsed, 0, kCredentials, cursor);
  EXPECT_TRUE(reader.ok()) << reader.error().message;
  return *std::move(reader);
}

HttpResponse Ok(const std::string& body) {
  return {200, {{"content-type", "application/json"}}, body};
}

// `n` records as a JSON array, numbered from `first`.
std::string Items(int n, int first = 0) {
  json items = json::array();
  for (int i = first; i < first + n; ++i) items.push_back({{"id", i}});
  return items.dump();
}

// Requests.

TEST(RestRequests, JoinBaseUrlPathAndQuery) {
  const struct {
    const char* base;
    const char* path;
    const char* url;
  } cases[] = {
      {"https://h", "", "https://h"},
      {"https://h/", "/", "https://h/"},
      {"https://h/v1", "items", "https://h/v1/items"},
      {"https://h/v1/", "/items", "https://h/v1/items"},
      {"https://h/v1//", "/items/", "https://h/v1/items/"},
      {"https://h/v1", "?kind=a", "https://h/v1?kind=a"},
      {"https://h/v1", "/items?kind=a%20b", "https://h/v1/items?kind=a%20b"},
  };
  for (const auto& row : cases) {
    const auto reader = ReaderOf(
        fmt::format(R"({{"baseUrl":"{}","streams":[{{"name":"s","path":"{}","key":["/id"]}}]}})",
                    row.base, row.path));
    EXPECT_EQ(reader->NextRequest()->url, row.url);
  }
}

TEST(RestRequests, EncodeParameters) {
  const auto reader = ReaderOf(ConfigWith(R"(,"query":{"q[]":"a&b=c#d/../é\n","n":5,"on":true})"));
  const auto request = reader->NextRequest();
  EXPECT_EQ(request->url,
            "https://api.example.com/v1/items?n=5&on=true&q%5B%5D=a%26b%3Dc%23d%2F..%2F%C3%A9%0A");
  EXPECT_EQ(request->redacted_url, request->url);
  EXPECT_EQ(request->method, "GET");
}

TEST(RestRequests, CarryHeadersWithDefaults) {
  const auto plain = ReaderOf(ConfigWith(""))->NextRequest();
  EXPECT_THAT(plain->headers, ElementsAre(Pair("Accept", "application/json"),
                                          Pair("User-Agent", HasSubstr("syncline/"))));
  const auto own = ReaderOf(ConfigWith("", R"(,"headers":{"accept":"text/x","X-A":"b"})"));
  EXPECT_THAT(own->NextRequest()->headers, ElementsAre(Pair("X-A", "b"), Pair("accept", "text/x"),
                                                       Pair("User-Agent", testing::_)));
}

TEST(RestRequests, AreSigned) {
  const struct {
    const char* auth;
    const char* name;
    const char* value;
  } cases[] = {
      {R"({"kind":"bearer","credential":"token"})", "Authorization", "Bearer CANARY-token"},
      {R"({"kind":"api_key","credential":"token","name":"X-Key"})", "X-Key", "CANARY-token"},
      {R"({"kind":"basic","username":"me","credential":"token"})", "Authorization",
       "Basic bWU6Q0FOQVJZLXRva2Vu"},
      {R"({"kind":"basic","usernameCredential":"user","credential":"token"})", "Authorization",
       "Basic Q0FOQVJZLXVzZXI6Q0FOQVJZLXRva2Vu"},
  };
  for (const auto& row : cases) {
    const auto reader = ReaderOf(ConfigWith("", fmt::format(",\"auth\":{}", row.auth)));
    EXPECT_THAT(reader->NextRequest()->headers, Contains(Pair(row.name, row.value)));
    // The form that is sent is as secret as the credential.
    const std::string sent = std::string(row.value).substr(std::string(row.value).rfind(' ') + 1);
    const auto echoed = reader->Consume({200, {}, "you sent " + sent});
    EXPECT_THAT(echoed.error().message, Not(HasSubstr("you sent")));
  }
}

TEST(RestRequests, KeepAKeyInTheQueryOutOfSightAndOutOfCheckpoints) {
  const auto reader = ReaderOf(
      ConfigWith(R"(,"records":"/d","pagination":{"kind":"next_url","next":"/next"})",
                 R"(,"auth":{"kind":"api_key","credential":"token","in":"query","name":"k"})"));
  const auto first = reader->NextRequest();
  EXPECT_EQ(first->url, "https://api.example.com/v1/items?k=CANARY-token");
  EXPECT_EQ(first->redacted_url, "https://api.example.com/v1/items?k=REDACTED");
  const auto page = reader->Consume(
      Ok(R"({"d":[],"next":"https://api.example.com/v1/items?k=CANARY-token&page=2"})"));
  ASSERT_TRUE(page.ok()) << page.error().message;
  EXPECT_THAT(page->cursor_json, Not(HasSubstr("CANARY")));
  EXPECT_EQ(reader->NextRequest()->url, "https://api.example.com/v1/items?page=2&k=CANARY-token");
}

TEST(RestRequests, RefuseCredentialsThatWouldBreakTheHeader) {
  const auto config =
      connectors::ParseRestConfig(ConfigWith("", R"(,"auth":{"kind":"bearer","credential":"t"})"));
  for (const char* value : {"", "a\r\nX-Injected: yes", "a\n"}) {
    const auto reader = MakeRestStreamReader(*config, 0, {{"t", value}}, "");
    ASSERT_FALSE(reader.ok());
    EXPECT_EQ(reader.error().cls, ErrorClass::kAuth);
    EXPECT_THAT(reader.error().message, Not(HasSubstr("Injected")));
  }
}

// Pagination.

TEST(RestPaging, PagesByNumberEndWhereTheyShould) {
  const struct {
    const char* name;
    const char* pagination;
    std::string body;
    bool last;
  } cases[] = {
      {"empty", R"({"kind":"page"})", R"({"d":[]})", true},
      {"any", R"({"kind":"page"})", R"({"d":[{"id":1}]})", false},
      {"short", R"({"kind":"page","size":2})", R"({"d":[{"id":1}]})", true},
      {"full", R"({"kind":"page","size":1})", R"({"d":[{"id":1}]})", false},
      {"total_reached", R"({"kind":"page","totalPages":"/t"})", R"({"d":[{"id":1}],"t":1})", true},
      {"total_as_text", R"({"kind":"page","totalPages":"/t"})", R"({"d":[{"id":1}],"t":"1"})",
       true},
      {"total_from_zero", R"({"kind":"page","start":0,"totalPages":"/t"})",
       R"({"d":[{"id":1}],"t":1})", true},
      {"total_more", R"({"kind":"page","totalPages":"/t"})", R"({"d":[{"id":1}],"t":2})", false},
      {"total_outranks_short", R"({"kind":"page","size":9,"totalPages":"/t"})",
       R"({"d":[{"id":1}],"t":2})", false},
      {"total_missing", R"({"kind":"page","size":9,"totalPages":"/t"})", R"({"d":[{"id":1}]})",
       true},
      {"total_absurd", R"({"kind":"page","totalPages":"/t"})",
       R"({"d":[{"id":1}],"t":9223372036854775807})", false},
      {"offset_short", R"({"kind":"offset","size":2})", R"({"d":[{"id":1}]})", true},
      {"offset_full", R"({"kind":"offset","size":1})", R"({"d":[{"id":1}]})", false},
      {"offset_total", R"({"kind":"offset","size":1,"total":"/t"})", R"({"d":[{"id":1}],"t":1})",
       true},
      {"offset_capped_by_api", R"({"kind":"offset","size":500,"total":"/t"})",
       R"({"d":[{"id":1}],"t":2})", false},
  };
  for (const auto& row : cases) {
    const auto reader =
        ReaderOf(ConfigWith(fmt::format(R"(,"records":"/d","pagination":{})", row.pagination)));
    const auto page = reader->Consume(Ok(row.body));
    ASSERT_TRUE(page.ok()) << row.name << page.error().message;
    EXPECT_EQ(page->last, row.last) << row.name;
  }
}

TEST(RestPaging, AnEmptyPageBeforeTheTotalIsNoEnd) {
  for (const char* pagination :
       {R"({"kind":"page","totalPages":"/t"})", R"({"kind":"offset","size":5,"total":"/t"})"}) {
    const auto reader =
        ReaderOf(ConfigWith(fmt::format(R"(,"records":"/d","pagination":{})", pagination)));
    const auto page = reader->Consume(Ok(R"({"d":[],"t":7})"));
    ASSERT_FALSE(page.ok());
    EXPECT_EQ(page.error().cls, ErrorClass::kData);
    EXPECT_THAT(page.error().message, HasSubstr("/t says that more follow"));
  }
}

TEST(RestPaging, OffsetsAdvanceByWhatCame) {
  const auto reader = ReaderOf(ConfigWith(R"(,"pagination":{"kind":"offset","size":3})"));
  EXPECT_THAT(reader->NextRequest()->url, HasSubstr("?offset=0&limit=3"));
  ASSERT_TRUE(reader->Consume(Ok(Items(4))).ok());
  EXPECT_THAT(reader->NextRequest()->url, HasSubstr("?offset=4&limit=3"));
}

TEST(RestPaging, CursorsComeFromBodyOrHeader) {
  const struct {
    const char* name;
    const char* next;  // JSON; null: the member is missing
    const char* sent;  // null: this was the last page
  } cases[] = {
      {"text", R"("a b/+")", "?after=a%20b%2F%2B"},
      {"number", "12345678901234567890", "?after=12345678901234567890"},
      {"null", "null", nullptr},
      {"empty", R"("")", nullptr},
      {"false", "false", nullptr},
      {"missing", nullptr, nullptr},
  };
  const std::string body_config = ConfigWith(
      R"(,"records":"/d","pagination":{"kind":"cursor","cursor":"/m/next","param":"after"})");
  for (const auto& row : cases) {
    const auto reader = ReaderOf(body_config);
    const std::string member =
        row.next == nullptr ? "" : fmt::format(R"(,"m":{{"next":{}}})", row.next);
    const auto page = reader->Consume(Ok(R"({"d":[])" + member + "}"));
    ASSERT_TRUE(page.ok()) << row.name << page.error().message;
    EXPECT_EQ(page->last, row.sent == nullptr) << row.name;
    if (row.sent == nullptr) continue;
    EXPECT_THAT(reader->NextRequest()->url, HasSubstr(row.sent)) << row.name;
  }
  for (const char* bad : {"{}", "[1]", "true", R"("\u0000")", R"("\ud800")"}) {
    const auto page =
        ReaderOf(body_config)->Consume(Ok(fmt::format(R"({{"d":[],"m":{{"next":{}}}}})", bad)));
    ASSERT_FALSE(page.ok()) << bad;
    EXPECT_EQ(page.error().cls, ErrorClass::kData);
  }

  const auto reader = ReaderOf(
      ConfigWith(R"(,"pagination":{"kind":"cursor","cursorHeader":"X-Next","param":"after"})"));
  ASSERT_TRUE(reader->Consume({200, {{"x-next", "abc"}}, "[]"}).ok());
  EXPECT_THAT(reader->NextRequest()->url, HasSubstr("?after=abc"));
  EXPECT_FALSE(reader->Consume({200, {{"x-next", "a\xff"}}, "[]"}).ok());
  EXPECT_TRUE(reader->Consume({200, {}, "[]"})->last);
}

TEST(RestPaging, FollowsLinksWithinTheOrigin) {
  const struct {
    const char* name;
    const char* link;
    const char* url;  // null: the last page
  } cases[] = {
      {"absolute", R"(<https://api.example.com/v1/items?p=2>; rel="next")",
       "https://api.example.com/v1/items?p=2"},
      {"relative", "<?p=2>; rel=next", "https://api.example.com/v1/items?p=2"},
      {"default_port", "<https://API.example.com:443/x>; rel=next", "https://api.example.com/x"},
      {"among_others", R"(<a>; rel="prev"; title="x, <y>; rel=next", <?p=3>; rel="last next")",
       "https://api.example.com/v1/items?p=3"},
      {"upper_case", "<?p=2>; REL=NEXT", "https://api.example.com/v1/items?p=2"},
      {"spaced", "<?p=2> ; foo ; rel = \"next\"", "https://api.example.com/v1/items?p=2"},
      {"comma_in_target", "<?p=2,3>; rel=next", "https://api.example.com/v1/items?p=2,3"},
      {"none", R"(<?p=1>; rel="first")", nullptr},
      {"prefix_only", R"(<?p=1>; rel="nextish")", nullptr},
      {"first_rel_counts", R"(<?p=1>; rel="prev"; rel="next")", nullptr},
      {"malformed", "?p=2; rel=next", nullptr},
      {"unclosed", "<?p=2; rel=next", nullptr},
  };
  for (const auto& row : cases) {
    const auto reader = ReaderOf(ConfigWith(R"(,"pagination":{"kind":"link_header"})"));
    const auto page = reader->Consume({200, {{"link", row.link}}, Items(1)});
    ASSERT_TRUE(page.ok()) << row.name << page.error().message;
    EXPECT_EQ(page->last, row.url == nullptr) << row.name;
    if (row.url == nullptr) continue;
    EXPECT_EQ(reader->NextRequest()->url, row.url) << row.name;
  }
}

TEST(RestPaging, NeverLeavesTheOrigin) {
  const struct {
    const char* target;
    ErrorClass cls;
  } cases[] = {
      {"https://evil.com/v1/items", ErrorClass::kConfig},
      {"//evil.com/", ErrorClass::kConfig},
      {"http://api.example.com/v1/items", ErrorClass::kConfig},
      {"https://api.example.com:8443/", ErrorClass::kConfig},
      {"https://api.example.com.evil.com/", ErrorClass::kConfig},
      {"https://api.example.com@evil.com/", ErrorClass::kData},
      {"https://api.example.com\\\\@evil.com/", ErrorClass::kData},
      {"file:///etc/passwd", ErrorClass::kData},
      {"https://api.example.com/a b", ErrorClass::kData},
      {"/a\\r\\nX: y", ErrorClass::kData},
  };
  for (const auto& row : cases) {
    const auto reader =
        ReaderOf(ConfigWith(R"(,"records":"/d","pagination":{"kind":"next_url","next":"/n"})"));
    const auto page = reader->Consume(Ok(fmt::format(R"({{"d":[],"n":"{}"}})", row.target)));
    ASSERT_FALSE(page.ok()) << row.target;
    EXPECT_EQ(page.error().cls, row.cls) << row.target << ": " << page.error().message;
  }
}

TEST(RestPaging, NoticesThatItGoesInCircles) {
  const std::string cursor_config =
      ConfigWith(R"(,"records":"/d","pagination":{"kind":"cursor","cursor":"/n","param":"after"})");
  const auto same = ReaderOf(cursor_config);
  ASSERT_TRUE(same->Consume(Ok(R"({"d":[],"n":"a"})")).ok());
  const auto again = same->Consume(Ok(R"({"d":[],"n":"a"})"));
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().cls, ErrorClass::kData);
  EXPECT_THAT(again.error().message, HasSubstr("cursor does not change"));

  const auto circle = ReaderOf(cursor_config);
  for (const char* next : {"a", "b", "c"}) {
    ASSERT_TRUE(circle->Consume(Ok(fmt::format(R"({{"d":[],"n":"{}"}})", next))).ok());
  }
  EXPECT_THAT(circle->Consume(Ok(R"({"d":[],"n":"a"})")).error().message,
              HasSubstr("cursor does not change"));

  const auto resumed = ReaderOf(cursor_config, R"({"position":{"token":"a"}})");
  EXPECT_FALSE(resumed->Consume(Ok(R"({"d":[],"n":"a"})")).ok());

  const auto url = ReaderOf(ConfigWith(R"(,"pagination":{"kind":"link_header"})"));
  ASSERT_TRUE(url->Consume({200, {{"link", "<?p=2>; rel=next"}}, Items(1)}).ok());
  EXPECT_FALSE(url->Consume({200, {{"link", "<?p=2>; rel=next"}}, Items(1, 1)}).ok());

  const auto page = ReaderOf(ConfigWith(R"(,"pagination":{"kind":"page","param":"pgae"})"));
  ASSERT_TRUE(page->Consume(Ok(Items(2))).ok());
  const auto repeated = page->Consume(Ok(Items(2)));
  ASSERT_FALSE(repeated.ok());
  EXPECT_THAT(repeated.error().message, HasSubstr("parameter pgae"));
}

TEST(RestPaging, EndsAtAHundredThousandPages) {
  const auto reader = ReaderOf(
      ConfigWith(R"(,"records":"/d","pagination":{"kind":"cursor","cursor":"/n","param":"c"})"));
  for (int i = 0; i < 100'000; ++i) {
    ASSERT_TRUE(reader->Consume({200, {}, fmt::format(R"({{"d":[],"n":{}}})", i)}).ok());
  }
  const auto page = reader->Consume({200, {}, R"({"d":[],"n":"x"})"});
  ASSERT_FALSE(page.ok());
  EXPECT_THAT(page.error().message, HasSubstr("over 100000 pages"));
}

TEST(RestPaging, StartsOverWhenTheApiHasForgottenTheCheckpointsPosition) {
  FakeApi api(PaginationKind::kCursor);
  api.records = NumberedRecords(10);
  const auto first = ReaderOf(api.Config());
  const auto page = first->Consume(api.Answer(*first->NextRequest()));
  api.Forget();
  // In the middle of a run it is an error,
  EXPECT_EQ(first->Consume(api.Answer(*first->NextRequest())).error().http_status, 410);
  // at its beginning the pass begins anew.
  const auto reader = ReaderOf(api.Config(), page->cursor_json);
  EXPECT_TRUE(reader->resumed());
  const auto restarted = reader->Consume(api.Answer(*reader->NextRequest()));
  ASSERT_TRUE(restarted.ok()) << restarted.error().message;
  EXPECT_TRUE(restarted->restarted);
  EXPECT_FALSE(restarted->last);
  EXPECT_EQ(restarted->fetched, 0);
  EXPECT_EQ(restarted->cursor_json, "{}");
  EXPECT_FALSE(reader->resumed());
  std::set<std::string> keys;
  for (bool last = false; !last;) {
    const auto next = reader->Consume(api.Answer(*reader->NextRequest()));
    ASSERT_TRUE(next.ok()) << next.error().message;
    for (const Record& record : next->records) keys.insert(record.key);
    last = next->last;
  }
  EXPECT_EQ(keys.size(), 10);
  // Only the position may be forgotten, and only once.
  EXPECT_FALSE(ReaderOf(api.Config())->Consume({410, {}, ""}).ok());
  const auto twice = ReaderOf(api.Config(), page->cursor_json);
  EXPECT_TRUE(twice->Consume({410, {}, ""}).ok());
  EXPECT_FALSE(twice->Consume({410, {}, ""}).ok());
}

// Incremental streams.

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

// Answers that are not what they should be.

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
