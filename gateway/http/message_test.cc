#include "gateway/http/message.h"

#include <gtest/gtest.h>

namespace syncline::gateway {
namespace {

using Path = std::vector<std::string>;

TEST(ParseTarget, DecodesSegmentsAndParameters) {
  HttpRequest request;
  EXPECT_EQ(ParseTarget("/api/a%2Fb/%C3%A9?x=1+2&y=%26&x&=e", request), "");
  EXPECT_EQ(request.path, (Path{"api", "a/b", "é"}));
  EXPECT_EQ(request.query, (NameValues{{"x", "1 2"}, {"y", "&"}, {"x", ""}, {"", "e"}}));
  EXPECT_EQ(ParseTarget("/", request), "");
  EXPECT_TRUE(request.path.empty());
  EXPECT_EQ(ParseTarget("/api/", request), "");
  EXPECT_EQ(request.path, (Path{"api", ""}));
}

TEST(ParseTarget, RefusesWhatItCannotRead) {
  for (const char* bad :
       {"", "*", "http://other/", "/%", "/%4", "/%zz", "/%FF", "/a?x=%C3", "/a?%"}) {
    HttpRequest request;
    EXPECT_NE(ParseTarget(bad, request), "") << bad;
  }
}

TEST(EncodeSegment, GivesBackWhatParseTargetReads) {
  const std::string text = "a b/c?d#é%\"";
  HttpRequest request;
  ASSERT_EQ(ParseTarget("/" + EncodeSegment(text), request), "");
  EXPECT_EQ(request.path, Path{text});
}

TEST(IsUtf8, KnowsOverlongFormsAndSurrogates) {
  EXPECT_TRUE(IsUtf8("a\xC2\x80\xE2\x82\xAC\xF0\x9F\x98\x80"));
  for (const char* bad : {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xED\xA0\x80",
                          "\xF4\x90\x80\x80", "\xF0\x80\x80\x80", "\xE2\x82", "\xF5\x80\x80\x80"}) {
    EXPECT_FALSE(IsUtf8(bad)) << static_cast<int>(static_cast<unsigned char>(bad[0]));
  }
}

TEST(HttpRequest, FindsHeadersAndCookies) {
  HttpRequest request;
  request.headers = {{"cookie", "a=1; syncline_session=t=k; b=2"}, {"X-A", "1"}};
  EXPECT_EQ(request.Header("x-a"), "1");
  EXPECT_FALSE(request.HasHeader("x-b"));
  EXPECT_EQ(request.Cookie("syncline_session"), "t=k");
  EXPECT_EQ(request.Cookie("session"), std::nullopt);
}

}  // namespace
}  // namespace syncline::gateway
