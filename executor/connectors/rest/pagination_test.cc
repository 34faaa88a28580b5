#include "executor/connectors/rest/pagination.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "executor/connectors/rest/fake_api.h"
#include "executor/connectors/rest/reader_testing.h"

namespace syncline::executor {
namespace {

using connectors::PaginationKind;
using testing::HasSubstr;

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

}  // namespace
}  // namespace syncline::executor
