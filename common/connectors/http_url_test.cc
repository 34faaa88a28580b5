#include "common/connectors/http_url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace syncline::connectors {
namespace {

using testing::ElementsAre;

TEST(ParseHttpUrl, SplitsAndNormalises) {
  const auto url = ParseHttpUrl("HTTPS://API.Example.com/v1/../v2?a=b%20c");
  ASSERT_TRUE(url.ok()) << url.status();
  EXPECT_EQ(url->origin(), "https://api.example.com:443");
  EXPECT_EQ(url->path, "/v2");
  EXPECT_EQ(url->query, "a=b%20c");
}

TEST(ParseHttpUrl, OneOriginHasOneText) {
  const struct {
    const char* a;
    const char* b;
    bool same;
  } cases[] = {
      {"http://h/", "http://h:80/x", true},
      {"https://h/", "https://H:443", true},
      {"https://h/", "http://h/", false},
      {"https://h/", "https://h:444/", false},
      {"https://h/", "https://h.evil.com/", false},
      {"http://127.0.0.1/", "http://0x7f000001/", true},
      {"http://[::1]:8080/", "http://[::1]:8080/a", true},
  };
  for (const auto& row : cases) {
    const auto a = ParseHttpUrl(row.a);
    const auto b = ParseHttpUrl(row.b);
    ASSERT_TRUE(a.ok() && b.ok()) << row.a << " " << row.b;
    EXPECT_EQ(a->origin() == b->origin(), row.same) << row.a << " " << row.b;
  }
}

TEST(ResolveUrl, FollowsRfc3986) {
  const auto base = ParseHttpUrl("https://h/v1/items?page=1");
  const struct {
    const char* reference;
    const char* resolved;
  } cases[] = {
      {"?page=2", "https://h/v1/items?page=2"}, {"/v2/x", "https://h/v2/x"},
      {"other?c=1", "https://h/v1/other?c=1"},  {"https://else/x#frag", "https://else/x"},
      {"//else/x", "https://else/x"},           {"../x", "https://h/x"},
  };
  for (const auto& row : cases) {
    const auto url = ResolveUrl(*base, row.reference);
    ASSERT_TRUE(url.ok()) << row.reference << ": " << url.status();
    EXPECT_EQ(url->text, row.resolved) << row.reference;
  }
  for (const char* bad : {"ftp://h/x", "javascript:alert(1)", "file:///etc/passwd", "/a\r\nb",
                          "https://u:p@h/x", "https://", "/a b"}) {
    EXPECT_FALSE(ResolveUrl(*base, bad).ok()) << bad;
  }
}

TEST(Query, IsEncodedReadAndCut) {
  std::string url = "http://h/a";
  AppendQueryParameter(url, "q[]", "a&b=#\n\xc3\xa9/../");
  AppendQueryParameter(url, "page", "2");
  EXPECT_EQ(url, "http://h/a?q%5B%5D=a%26b%3D%23%0A%C3%A9%2F..%2F&page=2");
  EXPECT_THAT(QueryNames("a=1&&b+c=2&%6bey=3&d"), ElementsAre("a", "b c", "key", "d"));
  EXPECT_EQ(QueryWithout("a=1&key=s&%6bey=t&b=2&KEY=3", "key"), "a=1&b=2&KEY=3");
  EXPECT_EQ(QueryWithout("key=s", "key"), "");
}

}  // namespace
}  // namespace syncline::connectors
