#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "common/connectors/config.h"
#include "executor/connectors/rest/reader_testing.h"
#include "executor/connectors/rest/rest_stream_reader.h"

namespace syncline::executor {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

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

}  // namespace
}  // namespace syncline::executor
