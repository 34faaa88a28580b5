#include "executor/http/header_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace syncline::executor {
namespace {

using testing::ElementsAre;
using testing::Pair;

HeaderReader Read(const std::vector<std::string>& lines) {
  HeaderReader reader{HeaderLimits{}};
  for (const std::string& line : lines) EXPECT_FALSE(reader.AddLine(line).has_value()) << line;
  return reader;
}

TEST(HeaderReaderTest, NamesAreLowerCaseAndValuesTrimmed) {
  HeaderReader reader = Read({"HTTP/1.1 200 OK\r\n", "Content-Type:  text/plain \r\n",
                              "X-Empty:\r\n", "X-Colon: a: b\r\n", "no field\r\n", "\r\n"});
  EXPECT_THAT(reader.Take(), ElementsAre(Pair("content-type", "text/plain"), Pair("x-empty", ""),
                                         Pair("x-colon", "a: b")));
}

TEST(HeaderReaderTest, FoldedFieldsAreJoined) {
  HeaderReader reader = Read({"HTTP/1.1 200 OK\r\n", "Link: <a>,\r\n", "\t<b>\r\n", "\r\n"});
  EXPECT_THAT(reader.Take(), ElementsAre(Pair("link", "<a>, <b>")));
}

TEST(HeaderReaderTest, OnlyTheFinalResponseCounts) {
  HeaderReader reader =
      Read({"HTTP/1.1 103 Early Hints\r\n", "Link: <early>\r\n", "\r\n", "HTTP/1.1 200 OK\r\n",
            "Link: <final>\r\n", "\r\n", "X-Trailer: late\r\n", "\r\n"});
  EXPECT_THAT(reader.Take(), ElementsAre(Pair("link", "<final>")));
}

TEST(HeaderReaderTest, LinesAreCountedOverInterimResponsesToo) {
  HeaderReader reader{HeaderLimits{.max_lines = 10}};
  for (int i = 0; i < 5; ++i) {
    ASSERT_FALSE(reader.AddLine("HTTP/1.1 103 Early Hints\r\n").has_value());
    ASSERT_FALSE(reader.AddLine("\r\n").has_value());
  }
  EXPECT_EQ(reader.AddLine("HTTP/1.1 200 OK\r\n")->kind, FetchError::Kind::kTooLarge);
}

TEST(HeaderReaderTest, BytesAreCounted) {
  HeaderReader reader{HeaderLimits{.max_bytes = 100}};
  ASSERT_FALSE(reader.AddLine("X: " + std::string(95, 'x') + "\r\n").has_value());
  EXPECT_EQ(reader.AddLine("Y")->kind, FetchError::Kind::kTooLarge);
}

struct EncodingCase {
  std::string name;
  std::vector<std::string> fields;
  std::string expected;  // "plain", "gzip" or "refused".
};

class EncodingTest : public testing::TestWithParam<EncodingCase> {};

TEST_P(EncodingTest, IsReadFromTheFields) {
  HeaderReader reader{HeaderLimits{}};
  reader.AddLine("HTTP/1.1 200 OK\r\n");
  for (const std::string& field : GetParam().fields) reader.AddLine(field + "\r\n");
  reader.AddLine("\r\n");
  const auto gzip = reader.BodyIsGzip();
  std::string outcome = "refused";
  if (const bool* value = std::get_if<bool>(&gzip)) outcome = *value ? "gzip" : "plain";
  EXPECT_EQ(outcome, GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    All, EncodingTest,
    testing::Values(EncodingCase{"none", {}, "plain"},
                    EncodingCase{"identity", {"Content-Encoding: identity"}, "plain"},
                    EncodingCase{"gzip", {"Content-Encoding: gzip"}, "gzip"},
                    EncodingCase{"old_name", {"content-encoding: X-GZIP"}, "gzip"},
                    EncodingCase{"chunked", {"Transfer-Encoding: chunked"}, "plain"},
                    EncodingCase{"brotli", {"Content-Encoding: br"}, "refused"},
                    EncodingCase{"zstd", {"Content-Encoding: zstd"}, "refused"},
                    EncodingCase{"deflate", {"Content-Encoding: deflate"}, "refused"},
                    EncodingCase{"chunked_as_content", {"Content-Encoding: chunked"}, "refused"},
                    EncodingCase{"twice_in_one_field", {"Content-Encoding: gzip, gzip"}, "refused"},
                    EncodingCase{
                        "twice", {"Content-Encoding: gzip", "Content-Encoding: gzip"}, "refused"},
                    EncodingCase{"in_transfer", {"Transfer-Encoding: gzip, chunked"}, "refused"}),
    [](const auto& param) { return param.param.name; });

}  // namespace
}  // namespace syncline::executor
